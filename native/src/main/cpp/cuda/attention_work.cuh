// What a CTA of attention works on, and where its rows begin and end, for every kernel alike.
#ifndef EBB_CUDA_ATTENTION_WORK_CUH
#define EBB_CUDA_ATTENTION_WORK_CUH

#include "cuda/attention_span.cuh"

namespace ebb::cuda {

// What a CTA works on.
struct Work {
  QueryTile tile;
  int kv_head;
  int group;
  int32_t begin;  // first span and end of the split's part that any row sees
  int32_t end;
  const uint8_t *keys;    // of the KV head, in block 0; its values lie `part_bytes` behind
  int64_t part_bytes;
  int64_t block_bytes;
  const int32_t *blocks;  // of the sequence
  int block_shift;        // a block is 1 << block_shift positions
};

__device__ __forceinline__ int32_t first_visible(const Attention &op, int32_t position) {
  return op.sliding_window == 0 || position < op.sliding_window ? 0 : position - op.sliding_window + 1;
}

// kTokenBytes: of one head of a token, its scale included.
template <int kHeadDim, int kTokenBytes = kHeadDim * 2>
__device__ __forceinline__ Work work_of(const Attention &op, const QueryTile *tiles) {
  Work work;
  work.tile = tiles[blockIdx.x];
  work.kv_head = static_cast<int>(blockIdx.y);
  work.group = op.heads / op.layout.kv_heads;
  const int32_t tokens = (work.tile.rows + work.group - 1) / work.group;
  const int32_t split = work.tile.split * kSplitPositions;
  const int32_t first = first_visible(op, op.positions[work.tile.token]);
  const int32_t last = op.positions[work.tile.token + tokens - 1];
  work.begin = first > split ? first / kSpanPositions * kSpanPositions : split;
  work.end = last + 1 < split + kSplitPositions ? last + 1 : split + kSplitPositions;
  const int64_t head_bytes = static_cast<int64_t>(op.layout.block_tokens) * kTokenBytes;
  work.part_bytes = op.layout.kv_heads * head_bytes;
  work.block_bytes = 2 * op.layout.layers * work.part_bytes;
  work.keys = op.kv + 2 * op.layer * work.part_bytes + work.kv_head * head_bytes;
  work.blocks = op.block_table + work.tile.block_table;
  work.block_shift = isa::log2_floor(static_cast<uint32_t>(op.layout.block_tokens));
  return work;
}

// Row r of the tile: token r / group, head r % group of the group.
__device__ __forceinline__ int64_t query_row(const Attention &op, const Work &work, int row) {
  return static_cast<int64_t>(work.tile.token + row / work.group) * op.heads + work.kv_head * work.group +
         row % work.group;
}

// The 16 rows of a warp, from row `first` of the tile on, before their first span.
template <int kColumns>
__device__ __forceinline__ void begin_rows(const Attention &op, const Work &work, int first,
                                           RowState<kColumns> &state) {
  for (int half = 0; half < 2; ++half) {
    const int row = first + isa::lane() / 4 + half * 8;
    const bool there = row < work.tile.rows;
    const int32_t position = there ? op.positions[work.tile.token + row / work.group] : -1;
    state.first[half] = there ? first_visible(op, position) : 0;
    state.last[half] = position;
    state.greatest[half] = -INFINITY;
    state.sum[half] = 0;
  }
  for (int j = 0; j < kColumns / 8; ++j) {
    state.out[j][0] = state.out[j][1] = state.out[j][2] = state.out[j][3] = 0;
  }
}

// Rows of partial results: those of a split and KV head lie together, so that whole sectors are written.
__device__ __forceinline__ int64_t partial_row(const Attention &op, int64_t kv_head, int64_t token, int group,
                                               int64_t slot) {
  return slot * op.tokens * op.heads + (kv_head * op.tokens + token) * group;
}

// Where a row's greatest score and sum of weights lie: behind all sums.
__device__ __forceinline__ float *partial_scale(const Attention &op, int64_t row) {
  return op.partial + static_cast<int64_t>(op.splits) * op.tokens * op.heads * op.layout.head_dim + row * 2;
}

// Writes the rows' sums of this split; write(half, to) those of a lane's columns in one of its two rows.
template <int kHeadDim, int kColumns, typename Write>
__device__ __forceinline__ void store_rows(const Attention &op, const Work &work, int first,
                                           const RowState<kColumns> &state, const Write &write) {
  for (int half = 0; half < 2; ++half) {
    const int row = first + isa::lane() / 4 + half * 8;
    if (row >= work.tile.rows || state.sum[half] == 0) continue;
    const int32_t slot = work.tile.split - state.first[half] / kSplitPositions;
    const int64_t at = partial_row(op, work.kv_head, work.tile.token, work.group, slot) + row;
    write(half, op.partial + at * kHeadDim);
    if (isa::lane() % 4 == 0) {
      isa::store_8(partial_scale(op, at), {isa::to_bits(state.greatest[half]), isa::to_bits(state.sum[half])});
    }
  }
}

// A lane has two columns of each eight together.
template <int kHeadDim, int kColumns>
__device__ __forceinline__ void store_rows(const Attention &op, const Work &work, int first,
                                           const RowState<kColumns> &state) {
  store_rows<kHeadDim>(op, work, first, state, [&](int half, float *to) {
    for (int j = 0; j < kHeadDim / 8; ++j) {
      isa::store_8(to + 8 * j + isa::lane() % 4 * 2,
                   {isa::to_bits(state.out[j][half * 2]), isa::to_bits(state.out[j][half * 2 + 1])});
    }
  });
}

}  // namespace ebb::cuda

#endif  // EBB_CUDA_ATTENTION_WORK_CUH
