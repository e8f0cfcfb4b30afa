// The operations of the cuda backend, one a file. Pointers are to device memory.
//
// The residual stream is float; what a product takes is bfloat16, in rows whose
// stride is a multiple of 64 elements, zeros behind the last column; queries, keys
// and values are F16. Each result is computed in an order that follows from its
// own data alone, so it depends neither on the batch nor on its place in it.
#ifndef EBB_CUDA_OPS_H
#define EBB_CUDA_OPS_H

#include <cstdint>

#include "core/kv_layout.h"
#include "include/model.h"

namespace ebb::cuda {

// A queue of the device: operations on one run in order. nullptr is the default one.
using Stream = struct StreamTag *;

// Elements of a row of `n` columns as products take it.
constexpr int64_t padded(int64_t n) { return (n + 63) / 64 * 64; }

// to[t] = rms_norm(x[t]) * weight as bfloat16, for `rows` rows of n floats; row r of
// `to` is made from row index[r] of x, or from row r where index is NULL.
struct RmsNorm {
  const float *x;
  const float *weight;   // [n]
  const int32_t *index;  // [rows] or NULL
  uint16_t *to;          // [rows][padded(n)]
  int64_t rows;
  int64_t n;
  float epsilon;
};
void rms_norm(const RmsNorm &op, Stream stream);

// to = silu(gate) * up as bfloat16; gate and up lie side by side, [rows][2 * n] floats.
struct Swiglu {
  const float *gate_up;
  uint16_t *to;  // [rows][padded(n)]
  int64_t rows;
  int64_t n;
};
void swiglu(const Swiglu &op, Stream stream);

}  // namespace ebb::cuda

#endif  // EBB_CUDA_OPS_H
