/** Tests of how a router is started and called. */
package dev.ebb.cli.server;
