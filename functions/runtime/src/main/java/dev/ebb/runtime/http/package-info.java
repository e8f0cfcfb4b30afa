/**
 * What stands before Funqy on the port: checks of an event's attributes, server-sent events, callers
 * that leave, and the one error body of every failure.
 */
package dev.ebb.runtime.http;
