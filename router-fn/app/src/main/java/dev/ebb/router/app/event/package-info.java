/** CloudEvents on {@code POST /}: a gate that checks, and the function behind it that Funqy calls. */
package dev.ebb.router.app.event;
