/** The paged key-value store: block layout, block hashes and the arena file that several processes share. */
package dev.ebb.engine.kv;
