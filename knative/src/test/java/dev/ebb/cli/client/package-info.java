/** Tests of the router's caller. */
package dev.ebb.cli.client;
