/** How a request passes through the functions, and what happens when they fail. */
package dev.ebb.router.app.call;
