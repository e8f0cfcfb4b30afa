/** One request's way through the functions: calls, hand-off, retries, relayed tokens. */
package dev.ebb.router.app.call;
