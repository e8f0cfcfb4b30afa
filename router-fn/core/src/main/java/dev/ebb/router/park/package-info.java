/**
 * Requests that wait for a function to become ready. They are kept in memory: none is lost while the router lives;
 * a router that dies loses them, and their callers see the connection end.
 */
package dev.ebb.router.park;
