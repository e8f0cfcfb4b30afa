/** The router process that {@code ebb up} and {@code ebb chat} start, watch and stop. */
package dev.ebb.cli.server;
