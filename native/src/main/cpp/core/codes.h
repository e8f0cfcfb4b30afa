// The codes and steps of quantised weights, taken apart but exact: what dequantize.h multiplies out.
#ifndef EBB_CORE_CODES_H
#define EBB_CORE_CODES_H

#include <cstdint>

#include "include/model.h"

namespace ebb {

// 32 columns of a row: weight i is step[i / 16] * code[i] + minimum.
struct CodeBlock {
  int8_t codes[32];
  float step[2];
  float minimum;
};

bool has_codes(ebb_type type);

// Columns 32 * index .. + 31 of the row at `row`.
CodeBlock take_codes(ebb_type type, const uint8_t *row, int64_t index);

}  // namespace ebb

#endif  // EBB_CORE_CODES_H
