/**
 * The life of a function as the router sees it: which phases there are, the state each is in, and when to start,
 * stop or give up on one. Time is a parameter, so that every transition can be tested.
 */
package dev.ebb.router.function;
