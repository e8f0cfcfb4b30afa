// Storage types: sizes, and the exact conversion of a row to float.
//
// This is the definition of what a stored weight means; a backend may repack
// weights, but the numbers they stand for are the ones computed here. Sources
// need no alignment: model files promise none.
#ifndef EBB_CORE_DEQUANTIZE_H
#define EBB_CORE_DEQUANTIZE_H

#include <cstddef>
#include <cstdint>

#include "include/model.h"

namespace ebb {

// Whether `type` is one of ebb_type.
bool is_known_type(int32_t type);

const char *type_name(ebb_type type);

// Elements that share one quantisation block; 1 for plain floats.
int64_t type_block_elements(ebb_type type);

// Bytes of one quantisation block.
size_t type_block_bytes(ebb_type type);

// Bytes of a row of `elements`, which must fill whole blocks.
size_t row_bytes(ebb_type type, int64_t elements);

// Writes the `elements` floats that `source` stands for.
void dequantize_row(ebb_type type, const void *source, float *target, int64_t elements);

float f16_to_f32(uint16_t bits);

// Rounds to nearest, ties to even; overflow gives infinity, NaN stays NaN.
uint16_t f32_to_f16(float value);

float bf16_to_f32(uint16_t bits);

// Rounds to nearest, ties to even; NaN stays NaN.
uint16_t f32_to_bf16(float value);

}  // namespace ebb

#endif  // EBB_CORE_DEQUANTIZE_H
