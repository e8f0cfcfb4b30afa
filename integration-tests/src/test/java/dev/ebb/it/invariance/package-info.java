/** The same prompts give bit-identical tokens however they are batched, cut, cached, split or threaded. */
package dev.ebb.it.invariance;
