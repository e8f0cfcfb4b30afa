// Paged flash attention: one kernel for prefill (64 rows a CTA) and decode (16 rows, a warp), for all
// devices but those of sm_90a, which attention_sm90.cu is for.
//
// A CTA takes one split of one tile's context for one KV head. Keys and values of a span come by
// cp.async into shared memory, one span ahead of the arithmetic; every warp reads them for its 16
// rows. Decode is bound by the bytes of keys and values, each read once for all heads of a group;
// prefill by tensor cores.
#include "cuda/attention_work.cuh"
#include "cuda/launch.cuh"
#include "cuda/live.cuh"

namespace ebb::cuda {
namespace {

template <int kHeadDim>
constexpr int kSpanBytes = kSpanPositions * kPitch<kHeadDim>;

// Starts copying rows of queries; rows that are not there become zeros.
template <int kHeadDim, int kThreads>
__device__ __forceinline__ void fetch_queries(const Attention &op, const Work &work, uint8_t *to) {
  constexpr int kChunks = kHeadDim / 8;
  EBB_UNROLL(2)
  for (int n = 0; n < kChunks / 2; ++n) {
    const int i = n * kThreads + static_cast<int>(threadIdx.x);
    const int row = i / kChunks;
    const bool there = row < work.tile.rows;
    const int64_t from = query_row(op, work, there ? row : 0);
    isa::copy_async_16(to + chunk_at<kHeadDim>(row, i % kChunks), op.q + from * kHeadDim + i % kChunks * 8, there);
  }
}

// Starts copying a span's keys (part 0) or values (1); positions past the end become zeros,
// since a weight of zero times what was there before need not be zero.
template <int kHeadDim, int kThreads>
__device__ __forceinline__ void fetch_span(const Work &work, int32_t span, int part, uint8_t *to) {
  constexpr int kChunks = kHeadDim / 8;
  const uint8_t *first = work.keys + part * work.part_bytes;
  const int32_t mask = (1 << work.block_shift) - 1;
  EBB_UNROLL(2)
  for (int n = 0; n < kSpanPositions * kChunks / kThreads; ++n) {
    const int i = n * kThreads + static_cast<int>(threadIdx.x);
    const int32_t position = span + i / kChunks;
    const bool there = position < work.end;
    const int32_t read = there ? position : work.end - 1;
    const uint8_t *block = first + work.blocks[read >> work.block_shift] * work.block_bytes;
    isa::copy_async_16(to + chunk_at<kHeadDim>(i / kChunks, i % kChunks),
                       block + ((read & mask) * kChunks + i % kChunks) * 16, there);
  }
}

// Grid: work items, KV heads. Shared memory: two spans of keys and of values, then the queries.
template <int kHeadDim, int kWarps>
__global__ void __launch_bounds__(kWarps * 32, 1)
    attention_kernel(Attention op, const QueryTile *tiles, float scale) {
  EBB_DYNAMIC_SHARED(memory);
  if (is_padding(op.live_tiles, blockIdx.x)) return;
  constexpr int kThreads = kWarps * 32;
  constexpr int kStage = 2 * kSpanBytes<kHeadDim>;
  uint8_t *queries = memory + 2 * kStage;
  const Work work = work_of<kHeadDim>(op, tiles);
  const int warp = static_cast<int>(threadIdx.x / 32);
  fetch_queries<kHeadDim, kThreads>(op, work, queries);
  fetch_span<kHeadDim, kThreads>(work, work.begin, 0, memory);
  fetch_span<kHeadDim, kThreads>(work, work.begin, 1, memory + kSpanBytes<kHeadDim>);
  isa::copy_commit();

  RowState<kHeadDim> state;
  begin_rows(op, work, warp * 16, state);
  int stage = 0;
  for (int32_t span = work.begin; span < work.end; span += kSpanPositions) {
    if (span + kSpanPositions < work.end) {
      uint8_t *next = memory + (1 - stage) * kStage;
      fetch_span<kHeadDim, kThreads>(work, span + kSpanPositions, 0, next);
      fetch_span<kHeadDim, kThreads>(work, span + kSpanPositions, 1, next + kSpanBytes<kHeadDim>);
    }
    isa::copy_commit();
    isa::copy_wait<1>();
    isa::sync_threads();
    const uint8_t *keys = memory + stage * kStage;
    float scores[kSpanTiles][4];
    span_scores<kHeadDim>(queries + warp * 16 * kPitch<kHeadDim>, keys, scores);
    shrink_rows(span_softmax(span, scale, state, scores), state);
    span_values<kHeadDim>(keys + kSpanBytes<kHeadDim>, scores, state);
    isa::sync_threads();
    stage = 1 - stage;
  }
  store_rows<kHeadDim>(op, work, warp * 16, state);
}

template <int kHeadDim, int kWarps>
constexpr size_t kShared = 4 * kSpanBytes<kHeadDim> + kWarps * 16 * kPitch<kHeadDim>;

template <int kHeadDim, int kWarps>
void start(const Attention &op, const QueryTile *tiles, int32_t count, Stream stream) {
  const float scale = 1.4426950408889634f / sqrtf(static_cast<float>(kHeadDim));
  const Shape shape{static_cast<unsigned>(count), static_cast<unsigned>(op.layout.kv_heads), 1, kWarps * 32,
                    kShared<kHeadDim, kWarps>};
  EBB_LAUNCH((attention_kernel<kHeadDim, kWarps>), shape, stream, op, tiles, scale);
}

template <int kHeadDim>
void start_rows(const Attention &op, const QueryTile *tiles, int32_t count, int32_t rows_max, Stream stream) {
  if (rows_max <= kMmaRows.few) {
    start<kHeadDim, kMmaRows.few / 16>(op, tiles, count, stream);
  } else {
    start<kHeadDim, kMmaRows.many / 16>(op, tiles, count, stream);
  }
}

}  // namespace

size_t attention_shared_bytes(const KvLayout &layout) {
  constexpr int kWarps = kMmaRows.many / 16;
  if (layout.type == EBB_KV_I8) return attention_int8_shared_bytes(layout.head_dim);
  switch (layout.head_dim) {
    case 32: return kShared<32, kWarps>;
    case 64: return kShared<64, kWarps>;
    case 96: return kShared<96, kWarps>;
    case 128: return kShared<128, kWarps>;
    default: return kShared<256, kWarps>;
  }
}

void attention(const Attention &op, const QueryTile *tiles, int32_t count, int32_t rows_max, Stream stream) {
  if (count == 0) return;
  if (op.layout.type == EBB_KV_I8) return attention_int8(op, tiles, count, rows_max, stream);
  if (op.kv_map != nullptr) return attention_sm90(op, tiles, count, rows_max, stream);
  switch (op.layout.head_dim) {
    case 32: return start_rows<32>(op, tiles, count, rows_max, stream);
    case 64: return start_rows<64>(op, tiles, count, rows_max, stream);
    case 96: return start_rows<96>(op, tiles, count, rows_max, stream);
    case 128: return start_rows<128>(op, tiles, count, rows_max, stream);
    default: return start_rows<256>(op, tiles, count, rows_max, stream);
  }
}

}  // namespace ebb::cuda
