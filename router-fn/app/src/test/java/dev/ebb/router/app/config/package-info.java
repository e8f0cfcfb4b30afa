/** Settings and what is wrong with them. */
package dev.ebb.router.app.config;
