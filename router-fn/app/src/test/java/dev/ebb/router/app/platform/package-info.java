/** Functions as processes: started, watched, stopped. */
package dev.ebb.router.app.platform;
