/** What the engine knows about one answer while it computes it: tokens, block table, text so far. */
package dev.ebb.engine.sequence;
