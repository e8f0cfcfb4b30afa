/** What the router's tests share: a tiny model without weights, functions that do as they are told, a client. */
package dev.ebb.router.app.testing;
