/**
 * The events between the router, prefill, decode and their callers: CloudEvents type names and the
 * JSON of their data. Field names on the wire are snake_case.
 */
package dev.ebb.events;
