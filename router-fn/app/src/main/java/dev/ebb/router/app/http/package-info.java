/** The router's HTTP surface: which path does what, streaming, disconnects, error bodies. */
package dev.ebb.router.app.http;
