// The operations of the cuda backend, one a file. Pointers are to device memory.
//
// The residual stream is float; what a product takes is F16, in rows whose stride is
// a multiple of 64 elements, zeros behind the last column; queries are F16, keys and
// values F16 or int8 with a scale for each token and head. Each result is computed in an order that follows from its
// own data alone, so it depends neither on the batch nor on its place in it.
#ifndef EBB_CUDA_OPS_H
#define EBB_CUDA_OPS_H

#include <cstdint>

#include "core/kv_layout.h"
#include "cuda/tensor_map.h"
#include "include/model.h"
#include "include/sampling.h"

namespace ebb::cuda {

// A queue of the device: operations on one run in order. nullptr is the default one.
using Stream = struct StreamTag *;

// `rows` or `tokens` are what an operation has. Where `live` is given they are a bound, and the true number, at most
// as great, is read from there when the operation runs: rows behind it are neither read nor written.

// Elements of a row of `n` columns as products take it.
constexpr int64_t padded(int64_t n) { return (n + 63) / 64 * 64; }

// x[t] += added[t] where there is one, the end of the residual branch before; then to[t] = rms_norm(x[t]) * weight as
// F16 (at most sqrt(n) times the greatest weight), for `rows` rows of n floats. Row r of `to` is made from row index[r]
// of x, each named once, or from row r where index is NULL.
struct RmsNorm {
  float *x;
  const float *added;    // like x, or NULL
  const float *weight;   // [n]
  const int32_t *index;  // [rows] or NULL
  uint16_t *to;          // [rows][padded(n)]
  int64_t rows;
  int64_t n;
  float epsilon;
  const int32_t *live = nullptr;
};
void rms_norm(const RmsNorm &op, Stream stream);

// to * scale = silu(gate) * up; gate and up lie side by side, [rows][2 * n] floats. A model's
// greatest values lie here, so a row has a power of two that brings its own into F16's range.
struct Swiglu {
  const float *gate_up;
  uint16_t *to;   // [rows][padded(n)]
  float *scales;  // [rows]
  int64_t rows;
  int64_t n;
  const int32_t *live = nullptr;
};
void swiglu(const Swiglu &op, Stream stream);

// A weight matrix as products read it: tiles of 16 rows, groups of 32 columns, padded with
// zeros to whole tiles and an even number of groups. matrix_pack.h tells the layout.
struct Matrix {
  enum Code : int32_t { kNibbles, kBytes, kHalves, kHalfPairs };
  Code code;
  int32_t rows;
  int32_t columns;
  int32_t steps_per_group;  // 0 for halves; 2 where a step covers 16 columns
  int32_t code_offset;      // what is subtracted from a nibble
  float scale;              // a power of two: weight = scale * what is stored
  const uint8_t *codes;
  const float *steps;
  const float *minima;      // NULL where the format has none
};

// x[t] = the row token_ids[t] of the table, as floats [tokens][columns].
void embedding(const Matrix &table, const int32_t *token_ids, int64_t tokens, float *x, Stream stream,
               const int32_t *live = nullptr);

// y[t][r] = x_scales[t] * sum_i w[r][i] * x[t][i] (+ bias[r]), rows of y `y_stride` floats apart. The columns are
// cut into four parts by their number alone; a part is summed in rising order of groups, and parts are added in rising
// order.
struct Matmul {
  const Matrix &w;
  const uint16_t *x;       // F16 [tokens][padded(columns)]
  const float *x_scales;   // [tokens] or NULL
  const float *bias;  // [rows] or NULL
  float *y;
  int64_t tokens;
  int64_t y_stride;
  const int32_t *live = nullptr;
};
void matmul(const Matmul &op, Stream stream);

constexpr int32_t kTokensMax = 65535;  // of a step: as many as a grid's second dimension has, in rope

// From a fused product of queries, keys and values to what attention reads: adds nothing,
// normalises each head of q and k where weights are given, rotates them, and writes q as F16
// [tokens][heads][head_dim], k and v into their slots of `kv`: as F16, or as int8, the very
// codes and scales of core/kv_int8.h.
struct Rope {
  const float *qkv;            // [tokens][(heads + 2 kv_heads) * head_dim]
  const int32_t *positions;    // [tokens]
  const int32_t *slots;        // [tokens]
  const float *table;          // [positions][2: cos, sin][rope_dims / 2]
  const float *q_norm;         // [head_dim] or NULL
  const float *k_norm;
  uint16_t *q;
  uint8_t *kv;                 // block 0
  KvLayout layout;
  int64_t tokens;
  int32_t layer;
  int32_t heads;
  int32_t rope_dims;
  bool interleaved;
  float epsilon;
  const int32_t *live = nullptr;
};
void rope(const Rope &op, Stream stream);

// Consecutive tokens of one sequence whose queries are computed together.
struct QueryTile {
  int32_t token;       // the first, in the batch
  int32_t rows;        // tokens * group: row r is token r / group, head r % group of the group
  int32_t block_table; // offset of the sequence's table in `block_table`
  int32_t split;       // the split of this work item
};

constexpr int32_t kSplitPositions = 512;  // positions that are summed together
constexpr int32_t kSpanPositions = 64;    // positions between two steps of the online softmax

// Rows of a tile at most: for the few tokens of decode, and for the many of prefill.
struct TileRows {
  int32_t few;
  int32_t many;
};
constexpr TileRows kMmaRows{16, 64};
constexpr int32_t kInt8BlockTokens = 16;  // tokens of a block at least, of int8
// On sm_90a a warpgroup has 64 rows; two of heads of 256 would not fit into the registers.
constexpr TileRows sm90_rows(int32_t head_dim) { return {64, head_dim > 128 ? 64 : 128}; }
constexpr int32_t kGroupMax = 64;         // heads that share a KV head at most

// Attention over paged keys and values, one split of a tile's context at a time; then the
// splits of each row are merged in rising order into F16 [tokens][padded(heads * head_dim)].
struct Attention {
  const uint16_t *q;           // F16 [tokens][heads][head_dim]
  const int32_t *positions;    // [tokens]
  const int32_t *block_table;
  const uint8_t *kv;
  const TensorMap *kv_map;     // rows of `kv` in boxes of a block, on the host: by sm_90a's kernel; NULL (always of
                               // int8): by mma.sync
  KvLayout layout;
  int32_t layer;
  int32_t heads;
  int32_t sliding_window;      // 0: all
  int32_t tokens;
  int32_t splits;              // slots of a row in the partial results
  float *partial;              // [splits][kv_heads][tokens][group] rows: sums [head_dim]; behind all, scales [2]
  uint16_t *to;
  const int32_t *live_tiles = nullptr;   // of the tiles of a launch
  const int32_t *live_tokens = nullptr;  // of the rows that are merged
};
// `tiles` lists (tile, split) pairs with at most `rows_max` rows each, one of the path's TileRows.
void attention(const Attention &op, const QueryTile *tiles, int32_t count, int32_t rows_max, Stream stream);
// Shared memory that a CTA of attention by mma.sync takes at most, in bytes.
size_t attention_shared_bytes(const KvLayout &layout);
size_t attention_int8_shared_bytes(int32_t head_dim);
void attention_sm90(const Attention &op, const QueryTile *tiles, int32_t count, int32_t rows_max, Stream stream);
void attention_int8(const Attention &op, const QueryTile *tiles, int32_t count, int32_t rows_max, Stream stream);
void attention_merge(const Attention &op, Stream stream);

// Tokens out of rows of logits, the very ones that the engine's sampler would choose: its sums in double run in its
// order. One draw is what ebb_draw says; where it has adjustments its row is copied to a slot of `adjusted` first.
struct Sampling {
  const float *logits;  // [rows][vocabulary]
  int64_t vocabulary;
  int32_t choosable;    // tokens that may be chosen
  int32_t count;        // draws
  const ebb_draw *draws;
  const ebb_adjustment *adjustments;
  const int32_t *adjusted_slots;   // [count], -1 for draws without adjustments
  const int32_t *candidate_slots;  // [count], -1 for draws that need no memory of candidates
  float *adjusted;                 // [slots][vocabulary]
  uint8_t *candidates;             // [slots][candidates_each] of 16 bytes
  int64_t candidates_each;         // a power of two, choosable or more
  double *chains;                  // [count][4 * stretches_of(choosable)]
  int32_t *tokens;                 // [count]
};
constexpr int32_t kInsertedMax = 512;  // up to so many, top_k is a selection in shared memory
constexpr int32_t kStretch = 512;      // ids whose weights are summed together
constexpr int64_t stretches_of(int64_t n) { return (n + kStretch - 1) / kStretch; }
// Whether a draw sorts or counts candidates in global memory.
constexpr bool needs_candidates(const ebb_draw &draw, int32_t choosable) {
  const bool few = draw.top_k > 0 && draw.top_k <= kInsertedMax && draw.top_k < choosable;
  return draw.temperature != 0 && !few && (draw.top_k != 0 || draw.top_p != 1 || draw.min_p != 0);
}
void penalties(const Sampling &op, Stream stream);
void sampling(const Sampling &op, Stream stream);

// What tiers beyond the attached memory will take; a step moves rows by itself (kv_travel.h). Copies block source[i] to
// target[i] for all i at once: no target is a source or named twice.
void copy_blocks(uint8_t *kv, size_t block_bytes, const int32_t *source, const int32_t *target,
                 int32_t count, Stream stream);
// Blocks to and from one contiguous buffer.
void pack_blocks(const uint8_t *kv, size_t block_bytes, const int32_t *blocks, int32_t count, uint8_t *to,
                 Stream stream);
void unpack_blocks(const uint8_t *from, size_t block_bytes, const int32_t *blocks, int32_t count, uint8_t *kv,
                   Stream stream);

}  // namespace ebb::cuda

#endif  // EBB_CUDA_OPS_H
