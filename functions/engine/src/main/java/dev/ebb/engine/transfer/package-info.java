/** Handing a sequence's blocks from the process that computed them to the one that goes on. */
package dev.ebb.engine.transfer;
