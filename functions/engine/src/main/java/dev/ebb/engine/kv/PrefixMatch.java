package dev.ebb.engine.kv;

/**
 * Blocks found by hash and now held by the asker, who releases them.
 *
 * @param blocks physical ids in sequence order
 * @param localBlocks how many of them this process computed; the others come from other processes
 */
public record PrefixMatch(int[] blocks, int localBlocks) {}
