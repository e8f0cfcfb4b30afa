/**
 * Where functions run: as processes that the router starts and stops ({@code local}), or at addresses that somebody
 * else keeps alive ({@code static}).
 */
package dev.ebb.router.app.platform;
