package dev.ebb.engine.model;

import java.lang.foreign.MemorySegment;

/**
 * One tensor of a mapped model file.
 *
 * @param role what it does in the network
 * @param layer its layer, or -1 outside the layers
 * @param name its name in the file
 * @param type storage type
 * @param rows rows, 1 for a vector
 * @param cols elements of a row; rows are contiguous
 * @param data the mapped bytes, exactly {@code type.bytes(rows * cols)} long
 */
public record Tensor(
    TensorRole role,
    int layer,
    String name,
    TensorType type,
    long rows,
    long cols,
    MemorySegment data) {}
