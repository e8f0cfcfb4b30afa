/** The router's settings, read and checked once at the start. */
package dev.ebb.router.app.config;
