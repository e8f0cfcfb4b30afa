// Paged flash attention: one kernel for prefill (64 rows a CTA) and decode (16 rows, a warp).
//
// A CTA takes one split of one tile's context for one KV head. Keys and values of a span come by
// cp.async into shared memory, one span ahead of the arithmetic; every warp reads them for its 16
// rows. Decode is bound by the bytes of keys and values, each read once for all heads of a group;
// prefill by tensor cores.
#include "cuda/attention_span.cuh"
#include "cuda/launch.cuh"

namespace ebb::cuda {
namespace {

template <int kHeadDim>
constexpr int kSpanBytes = kSpanPositions * kPitch<kHeadDim>;

// What a CTA works on.
struct Work {
  QueryTile tile;
  int kv_head;
  int group;
  int32_t begin;  // first span and end of the split's part that any row sees
  int32_t end;
};

__device__ __forceinline__ int32_t first_visible(const Attention &op, int32_t position) {
  return op.sliding_window == 0 || position < op.sliding_window ? 0 : position - op.sliding_window + 1;
}

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
  return work;
}

// Row r of the tile: token r / group, head r % group of the group.
__device__ __forceinline__ int64_t query_row(const Attention &op, const Work &work, int row) {
  return static_cast<int64_t>(work.tile.token + row / work.group) * op.heads + work.kv_head * work.group +
         row % work.group;
}

// Starts copying rows of queries; rows that are not there become zeros.
template <int kHeadDim, int kThreads>
__device__ __forceinline__ void fetch_queries(const Attention &op, const Work &work, uint8_t *to) {
  constexpr int kChunks = kHeadDim / 8;
  EBB_UNROLL(2)
  for (int i = static_cast<int>(threadIdx.x); i < kThreads / 2 * kChunks; i += kThreads) {
    const int row = i / kChunks;
    const bool there = row < work.tile.rows;
    const int64_t from = query_row(op, work, there ? row : 0);
    isa::copy_async_16(to + chunk_at<kHeadDim>(row, i % kChunks), op.q + from * kHeadDim + i % kChunks * 8, there);
  }
}

// Starts copying a span's keys (part 0) or values (1); positions past the end become zeros,
// since a weight of zero times what was there before need not be zero.
template <int kHeadDim, int kThreads>
__device__ __forceinline__ void fetch_span(const Attention &op, const Work &work, int32_t span, int part,
                                           uint8_t *to) {
  constexpr int kChunks = kHeadDim / 8;
  const int block_tokens = op.layout.block_tokens;
  const int64_t head = (static_cast<int64_t>(op.layer) * 2 + part) * op.layout.kv_heads + work.kv_head;
  const int64_t block_rows = static_cast<int64_t>(op.layout.layers) * 2 * op.layout.kv_heads * block_tokens;
  EBB_UNROLL(2)
  for (int i = static_cast<int>(threadIdx.x); i < kSpanPositions * kChunks; i += kThreads) {
    const int32_t position = span + i / kChunks;
    const bool there = position < work.end;
    const int32_t read = there ? position : work.end - 1;
    const int64_t block = op.block_table[work.tile.block_table + read / block_tokens];
    const int64_t row = block * block_rows + head * block_tokens + read % block_tokens;
    isa::copy_async_16(to + chunk_at<kHeadDim>(i / kChunks, i % kChunks),
                       op.kv + (row * kHeadDim + i % kChunks * 8) * 2, there);
  }
}

template <int kHeadDim>
__device__ __forceinline__ void begin_rows(const Attention &op, const Work &work, int warp,
                                           RowState<kHeadDim> &state) {
  for (int half = 0; half < 2; ++half) {
    const int row = warp * 16 + isa::lane() / 4 + half * 8;
    const bool there = row < work.tile.rows;
    const int32_t position = there ? op.positions[work.tile.token + row / work.group] : -1;
    state.first[half] = there ? first_visible(op, position) : 0;
    state.last[half] = position;
    state.greatest[half] = -INFINITY;
    state.sum[half] = 0;
  }
  for (int j = 0; j < kHeadDim / 8; ++j) {
    state.out[j][0] = state.out[j][1] = state.out[j][2] = state.out[j][3] = 0;
  }
}

// Writes the rows' sums of this split.
template <int kHeadDim>
__device__ __forceinline__ void store_rows(const Attention &op, const Work &work, int warp,
                                           const RowState<kHeadDim> &state) {
  for (int half = 0; half < 2; ++half) {
    const int row = warp * 16 + isa::lane() / 4 + half * 8;
    if (row >= work.tile.rows || state.sum[half] == 0) continue;
    const int32_t slot = work.tile.split - state.first[half] / kSplitPositions;
    float *to = op.partial + (query_row(op, work, row) * op.splits + slot) * (kHeadDim + 2);
    const int column = isa::lane() % 4 * 2;
    for (int j = 0; j < kHeadDim / 8; ++j) {
      isa::store_8(to + 8 * j + column,
                   {isa::to_bits(state.out[j][half * 2]), isa::to_bits(state.out[j][half * 2 + 1])});
    }
    if (column == 0) isa::store_8(to + kHeadDim, {isa::to_bits(state.greatest[half]), isa::to_bits(state.sum[half])});
  }
}

// Grid: work items, KV heads. Shared memory: two spans of keys and of values, then the queries.
template <int kHeadDim, int kWarps>
__global__ void __launch_bounds__(kWarps * 32, 1)
    attention_kernel(Attention op, const QueryTile *tiles, float scale) {
  EBB_DYNAMIC_SHARED(memory);
  constexpr int kThreads = kWarps * 32;
  constexpr int kStage = 2 * kSpanBytes<kHeadDim>;
  uint8_t *queries = memory + 2 * kStage;
  const Work work = work_of(op, tiles);
  const int warp = static_cast<int>(threadIdx.x / 32);
  fetch_queries<kHeadDim, kThreads>(op, work, queries);
  fetch_span<kHeadDim, kThreads>(op, work, work.begin, 0, memory);
  fetch_span<kHeadDim, kThreads>(op, work, work.begin, 1, memory + kSpanBytes<kHeadDim>);
  isa::copy_commit();

  RowState<kHeadDim> state;
  begin_rows(op, work, warp, state);
  int stage = 0;
  for (int32_t span = work.begin; span < work.end; span += kSpanPositions) {
    if (span + kSpanPositions < work.end) {
      uint8_t *next = memory + (1 - stage) * kStage;
      fetch_span<kHeadDim, kThreads>(op, work, span + kSpanPositions, 0, next);
      fetch_span<kHeadDim, kThreads>(op, work, span + kSpanPositions, 1, next + kSpanBytes<kHeadDim>);
    }
    isa::copy_commit();
    isa::copy_wait<1>();
    isa::sync_threads();
    const uint8_t *keys = memory + stage * kStage;
    float scores[kSpanTiles][4];
    span_scores<kHeadDim>(queries + warp * 16 * kPitch<kHeadDim>, keys, scores);
    const float2 shrink = span_softmax<kHeadDim>(span, scale, state, scores);
    span_values<kHeadDim>(keys + kSpanBytes<kHeadDim>, shrink, scores, state);
    isa::sync_threads();
    stage = 1 - stage;
  }
  store_rows(op, work, warp, state);
}

template <int kHeadDim, int kWarps>
void start(const Attention &op, const QueryTile *tiles, int32_t count, Stream stream) {
  constexpr size_t kShared = 4 * kSpanBytes<kHeadDim> + kWarps * 16 * kPitch<kHeadDim>;
  const float scale = 1.4426950408889634f / sqrtf(static_cast<float>(kHeadDim));
  const Shape shape{static_cast<unsigned>(count), static_cast<unsigned>(op.layout.kv_heads), 1, kWarps * 32, kShared};
  EBB_LAUNCH((attention_kernel<kHeadDim, kWarps>), shape, stream, op, tiles, scale);
}

template <int kHeadDim>
void start_rows(const Attention &op, const QueryTile *tiles, int32_t count, int32_t rows_max, Stream stream) {
  if (rows_max <= kFewRows) {
    start<kHeadDim, kFewRows / 16>(op, tiles, count, stream);
  } else {
    start<kHeadDim, kManyRows / 16>(op, tiles, count, stream);
  }
}

}  // namespace

void attention(const Attention &op, const QueryTile *tiles, int32_t count, int32_t rows_max, Stream stream) {
  if (count == 0) return;
  switch (op.layout.head_dim) {
    case 32: return start_rows<32>(op, tiles, count, rows_max, stream);
    case 64: return start_rows<64>(op, tiles, count, rows_max, stream);
    case 96: return start_rows<96>(op, tiles, count, rows_max, stream);
    case 128: return start_rows<128>(op, tiles, count, rows_max, stream);
    default: return start_rows<256>(op, tiles, count, rows_max, stream);
  }
}

}  // namespace ebb::cuda
