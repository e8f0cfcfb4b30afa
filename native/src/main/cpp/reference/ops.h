// The operations of the reference backend, one a file. They are plain C++ in
// float and define what every other backend has to compute.
//
// Matrices are row-major; "tokens" is the number of rows of an activation. Each
// output element is computed in an order that follows from the shapes alone, so
// results depend neither on the batch nor on how work was shared out.
#ifndef EBB_REFERENCE_OPS_H
#define EBB_REFERENCE_OPS_H

#include <cstdint>
#include <vector>

#include "core/batch.h"
#include "core/kv_layout.h"
#include "core/model.h"
#include "core/rope_table.h"

namespace ebb::reference {

// y[t] = table[token_ids[t]]; table [vocabulary, hidden].
void embedding(const float *table, const int32_t *token_ids, int64_t tokens, int64_t hidden,
               float *y);

// y = x / sqrt(mean(x^2) + epsilon) * weight for each of `rows` rows of n; y may be x.
void rms_norm(const float *x, const float *weight, int64_t rows, int64_t n, float epsilon, float *y);

// y[t][r] = sum_i w[r][i] * x[t][i] (+ bias[r]) for rows r in [row_begin, row_end).
// w [rows, n], x [tokens, n], y [tokens, rows]; bias may be NULL.
struct MatmulShape {
  int64_t tokens;
  int64_t rows;
  int64_t n;
};
void matmul(const float *w, const float *bias, const float *x, const MatmulShape &shape,
            int64_t row_begin, int64_t row_end, float *y);

// Rotates every head of every token: x [tokens, heads, head_dim].
void rope(const RopeTable &table, const Model &model, const int32_t *positions, int64_t tokens,
          int32_t heads, float *x);

// Writes keys and values [tokens, kv_heads, head_dim] of one layer to their slots.
void kv_write(const KvMemory &memory, const KvLayout &layout, int layer, const int32_t *slots,
              int64_t tokens, const float *keys, const float *values);

// What one head of one query attends to.
struct AttentionView {
  const KvMemory &memory;
  const KvLayout &layout;
  const int32_t *block_table;
  int layer;
  int kv_head;
  int32_t first;  // positions first..last are visible
  int32_t last;
};

// out = sum_p softmax(q . k_p / sqrt(head_dim)) v_p, positions in rising order.
// `scratch` is grown as needed and kept between calls.
void attention(const float *q, const AttentionView &view, std::vector<float> &scratch, float *out);

// gate[i] = silu(gate[i]) * up[i], silu(x) = x / (1 + exp(-x)).
void swiglu(float *gate, const float *up, int64_t n);

// x[i] += y[i]
void add(float *x, const float *y, int64_t n);

}  // namespace ebb::reference

#endif  // EBB_REFERENCE_OPS_H
