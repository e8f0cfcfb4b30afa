/** CloudEvents in and out, in both modes, and what is refused. */
package dev.ebb.router.app.event;
