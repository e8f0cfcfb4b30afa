package dev.ebb.huggingface;

import dev.ebb.engine.model.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * One tensor of a safetensors file.
 *
 * @param file the file it is in, for messages
 * @param at offset of its entry in the header, for messages
 * @param rows 1 for a vector
 * @param cols elements of a row
 */
record SafetensorsEntry(
    String file, String name, long at, TensorType type, long rows, long cols, MemorySegment data) {}
