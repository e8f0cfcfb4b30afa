package dev.ebb.engine.kv;

/**
 * Blocks of an arena by use, over all processes. {@code free + cached + held == total}.
 *
 * @param free hold nothing
 * @param cached published, held by nobody, evicted when space is needed
 * @param held in use by a process or a lease
 */
public record BlockCensus(int total, int free, int cached, int held) {}
