/** The contract with what computes the network, and the batch that crosses it. */
package dev.ebb.engine.backend;
