/** The router process: its start, its readiness, its end. */
package dev.ebb.router.app.start;
