// The kernels of one instruction set: what the rest of the backend calls.
//
// Each kernel is compiled once for every instruction set and gives the same bits
// in all. Arrays need no alignment unless said.
#ifndef EBB_CPU_KERNELS_H
#define EBB_CPU_KERNELS_H

#include <cstddef>
#include <cstdint>

#include "cpu/packed_format.h"

namespace ebb::cpu {

constexpr int kTokensMax = 12;  // tokens of an activation tile at most

// One call of a matrix kernel: `tiles` tiles of 16 rows times one tile of tokens.
struct MatmulCall {
  const uint8_t *weights;  // the first tile; the others follow at once
  const void *input;       // activation tile: quantised, or float [columns][tokens]
  int64_t columns;
  int64_t tiles;
  int tokens;              // 1..tile_tokens
  float *y;                // y[t * stride + 16 * tile + row]
  int64_t stride;
};

constexpr int kSpan = 64;       // positions whose softmax is computed in one go
constexpr int kRowsAtOnce = 4;  // query rows that share a pass over a span, at most

// Query rows of one sequence against the keys and values of some KV heads.
struct AttentionCall {
  // Position p of KV head h lies, in block `block_table[p / block_tokens]`, at
  // key_offset or value_offset + h * head_bytes + token_bytes * (p % block_tokens).
  const uint8_t *memory;
  size_t block_bytes;
  size_t key_offset;
  size_t value_offset;
  size_t head_bytes;
  size_t token_bytes;
  const int32_t *block_table;
  int32_t block_tokens;
  bool half;  // f16, else f32
  int32_t head_dim;
  int32_t kv_heads;

  // Row r of every KV head sees positions first[r] .. limit[r]-1; both rise with r.
  const float *q;  // [kv_heads][rows][head_dim], scaled already
  int rows;
  const int32_t *first;
  const int32_t *limit;

  // Spans to go through, kSpan positions from kSpan * span on; each is seen by a row.
  int32_t span_begin;
  int32_t span_end;
  float *scratch;  // attention_scratch_floats(head_dim)
  // The result, to be merged or finished: [kv_heads][rows][state_floats(head_dim)],
  // or one of those for each span when `separate`.
  float *state;
  bool separate;
};

// Softmax over a range of positions: greatest score, sum of exponentials, and
// the sum of the values under them. A state that saw no position has sum 0.
constexpr int state_floats(int head_dim) { return 16 + (head_dim + 15) / 16 * 16; }
constexpr int kStateMax = 0;
constexpr int kStateSum = 1;
constexpr int kStateValues = 16;

constexpr size_t attention_scratch_floats(int head_dim) {
  const size_t padded = static_cast<size_t>((head_dim + 15) / 16 * 16);
  return 2 * kSpan * padded + kRowsAtOnce * (kSpan + 16 + padded);
}

struct Kernels {
  const char *name;
  int tile_tokens;  // tokens of an activation tile

  void (*matmul[kFormats])(const MatmulCall &call);

  // Blocks of 32 floats into lane `lane` of an activation tile of `tokens`.
  void (*quantize)(const float *x, int64_t blocks, uint8_t *tile, int tokens, int lane);

  // y = x / sqrt(mean(x^2) + epsilon) * weight; y may be x.
  void (*rms_norm)(const float *x, const float *weight, int64_t n, float epsilon, float *y);

  // y[i] = gate[i] / (1 + exp(-gate[i])) * up[i]
  void (*swiglu)(const float *gate, const float *up, int64_t n, float *y);

  void (*to_f16)(const float *x, int64_t n, uint16_t *y);

  // Goes through the spans in rising order, merging them into the states.
  void (*attend)(const AttentionCall &call);
  // state = state and next, where next covers later positions.
  void (*merge)(float *state, const float *next, int head_dim);
  // out[head_dim] = values / sum
  void (*finish)(const float *state, int head_dim, float *out);
};

const Kernels *kernels_avx2();
const Kernels *kernels_avx512();

}  // namespace ebb::cpu

#endif  // EBB_CPU_KERNELS_H
