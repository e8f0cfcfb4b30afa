/**
 * Where functions run: as processes that the router starts and stops ({@code local}), at addresses that somebody
 * else keeps alive ({@code static}), or on a cluster (the package {@code cluster}).
 */
package dev.ebb.router.app.platform;
