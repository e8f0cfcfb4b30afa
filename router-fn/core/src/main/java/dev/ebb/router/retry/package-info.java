/**
 * What happens to a request whose function ended. A request's seed is fixed before its first attempt, so a second
 * attempt gives the same tokens, and a stream goes on where it broke.
 */
package dev.ebb.router.retry;
