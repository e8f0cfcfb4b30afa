// Paged flash attention over int8 keys and values, by mma.sync and cp.async on every device: decode (16 rows, a
// warp) and prefill (64 rows, four warps) of one kernel, in the order of attention_span.cuh.
//
// Keys are multiplied as their codes, which F16 holds exactly, and a column of scores is scaled after the product.
// Values become F16 before it, code times scale rounded once: the range is that of F16 values, where weights times
// scales would lose the small ones. Tensor cores take no bytes beside F16, so codes are widened in registers, by each
// warp for its 16 rows.
#include "cuda/attention_work.cuh"
#include "cuda/kv_int8.cuh"
#include "cuda/launch.cuh"
#include "cuda/live.cuh"

namespace ebb::cuda {
namespace {

// Positions of which a copy's addresses differ by constants alone: they lie in one block.
constexpr int kUnit = kInt8BlockTokens;

// A span's keys or values in shared memory. A row has an odd number of 16-byte chunks, so that eight rows' same
// chunk falls into eight different banks.
template <int kHeadDim>
struct Part {
  static constexpr int kChunks = kHeadDim / 16;
  static constexpr int kPitch = kHeadDim + 16;
  static constexpr int kScales = kSpanPositions * kPitch;  // where those of all positions lie
  static constexpr int kBytes = kScales + kSpanPositions * 2;
};

// Decode has two spans on their way: two CTAs an SM, of half the bytes that F16 would be, could not wait for memory.
template <int kWarps>
constexpr int kStages = kWarps == 1 ? 3 : 2;

// Where 16 bytes of a query lie. A lane reads 8 bytes, and 16 lanes four rows: their pairs of chunks are exchanged so
// that they fall into different banks.
template <int kHeadDim>
__device__ __forceinline__ int query_chunk(int row, int chunk) {
  return row * kPitch<kHeadDim> + (chunk ^ (row & 3) * 2) * 16;
}

// Starts copying rows of queries; rows that are not there become zeros.
template <int kHeadDim, int kThreads>
__device__ __forceinline__ void fetch_queries(const Attention &op, const Work &work, uint8_t *to) {
  constexpr int kQueryChunks = kHeadDim / 8;
  EBB_UNROLL(2)
  for (int n = 0; n < kQueryChunks / 2; ++n) {
    const int i = n * kThreads + static_cast<int>(threadIdx.x);
    const int row = i / kQueryChunks;
    const bool there = row < work.tile.rows;
    const int64_t from = query_row(op, work, there ? row : 0) * kHeadDim + i % kQueryChunks * 8;
    isa::copy_async_16(to + query_chunk<kHeadDim>(row, i % kQueryChunks), op.q + from, there);
  }
}

// Where a sequence's position lies in its block, for the KV head's keys; of a position behind the end, some other.
struct Place {
  const uint8_t *head;
  int32_t within;
};

__device__ __forceinline__ Place place_of(const Work &work, int32_t position) {
  const int32_t read = position < work.end ? position : work.begin;
  return {work.keys + work.blocks[read >> work.block_shift] * work.block_bytes, read & ((1 << work.block_shift) - 1)};
}

// Starts copying the codes of keys and values of a unit into the rows of a stage from `row` on, by a warp. What lies
// behind the end becomes zeros, scales too: nobody wrote it, and zero times NaN is NaN.
template <int kHeadDim>
__device__ __forceinline__ void fetch_unit(const Work &work, int32_t first, int row, uint8_t *to) {
  using To = Part<kHeadDim>;
  const int lane = isa::lane();
  const Place place = place_of(work, first);
  for (int part = 0; part < 2; ++part) {
    const uint8_t *codes = place.head + part * work.part_bytes + place.within * kHeadDim + lane * 16;
    uint8_t *rows = to + part * To::kBytes + row * To::kPitch + lane * 16;
    for (int n = 0; n < kHeadDim / 32; ++n) {
      const int at = (n * 32 + lane) / To::kChunks;
      isa::copy_async_16(rows + n * 512 + at * (To::kPitch - kHeadDim), codes + n * 512, at < work.end - first);
    }
  }
}

// The same of a span's scales, eight positions a thread.
template <int kHeadDim>
__device__ __forceinline__ void fetch_scales(const Work &work, int32_t span, uint8_t *to) {
  using To = Part<kHeadDim>;
  const int part = static_cast<int>(threadIdx.x) / 8;
  const int row = static_cast<int>(threadIdx.x) % 8 * 8;
  const Place place = place_of(work, span + row);
  const int32_t left = work.end - span - row;
  isa::copy_async_part(to + part * To::kBytes + To::kScales + row * 2,
                       place.head + part * work.part_bytes + (kHeadDim << work.block_shift) + place.within * 2,
                       left < 0 ? 0 : left < 8 ? left * 2 : 16);
}

template <int kHeadDim, int kWarps>
__device__ __forceinline__ void fetch_span(const Work &work, int32_t span, uint8_t *to) {
  for (int n = 0; n < kSpanPositions / kUnit / kWarps; ++n) {
    const int row = (n * kWarps + static_cast<int>(threadIdx.x / 32)) * kUnit;
    fetch_unit<kHeadDim>(work, span + row, row, to);
  }
  if (threadIdx.x < kSpanPositions / 8 * 2) fetch_scales<kHeadDim>(work, span, to);
}

// A row's queries for 16 columns, as they meet a word of four codes: columns 4c to 4c + 3 in lanes c and on.
template <int kHeadDim>
__device__ __forceinline__ void load_queries(const uint8_t *q, int step, uint32_t (&a)[4]) {
  const int lane = isa::lane();
  for (int half = 0; half < 2; ++half) {
    const uint8_t *at = q + query_chunk<kHeadDim>(lane / 4 + half * 8, step * 2 + lane % 4 / 2);
    const uint2 four = isa::load_8(at + lane % 2 * 8);
    a[half] = four.x;
    a[2 + half] = four.y;
  }
}

// scores = q k^T: 16 rows, 64 positions. A product's sixteen columns come in an order of their own, which is the same
// for both operands.
template <int kHeadDim>
__device__ __forceinline__ void code_scores(const uint8_t *q, const uint8_t *keys, float (&scores)[kSpanTiles][4]) {
  using From = Part<kHeadDim>;
  const int lane = isa::lane();
  for (int n = 0; n < kSpanTiles; ++n) scores[n][0] = scores[n][1] = scores[n][2] = scores[n][3] = 0;
  EBB_UNROLL(2)
  for (int d = 0; d < kHeadDim / 32; ++d) {
    uint32_t a[2][4];
    for (int step = 0; step < 2; ++step) load_queries<kHeadDim>(q, d * 2 + step, a[step]);
    for (int n = 0; n < kSpanTiles; n += 2) {
      uint32_t codes[4];
      isa::ldmatrix_x4(codes, keys + (n * 8 + lane / 16 * 8 + lane % 8) * From::kPitch + (d * 2 + lane / 8 % 2) * 16);
      for (int i = 0; i < 4; ++i) {
        isa::mma_half(scores[n + i / 2], a[i % 2], {code_pair(codes[i], kCodes01), code_pair(codes[i], kCodes23)});
      }
    }
  }
  for (int n = 0; n < kSpanTiles; ++n) {
    const uint32_t two = *reinterpret_cast<const uint32_t *>(keys + From::kScales + (n * 8 + lane % 4 * 2) * 2);
    for (int i = 0; i < 4; ++i) scores[n][i] *= isa::half_to_float(static_cast<uint16_t>(two >> i % 2 * 16));
  }
}

// out += weights * values. Of 16 columns a product has the even ones, the next the odd ones.
template <int kHeadDim>
__device__ __forceinline__ void code_values(const uint8_t *values, const float (&weights)[kSpanTiles][4],
                                            RowState<kHeadDim> &state) {
  using From = Part<kHeadDim>;
  const int lane = isa::lane();
  for (int k = 0; k < kSpanPositions / 16; ++k) {
    uint32_t a[4];
    pack_weights(weights, k, a);
    const uint8_t *at = values + From::kScales + (k * 16 + lane % 4 * 2) * 2;
    const uint32_t scales[2] = {*reinterpret_cast<const uint32_t *>(at), *reinterpret_cast<const uint32_t *>(at + 16)};
    for (int j = 0; j < kHeadDim / 16; j += 2) {
      uint32_t codes[4];
      isa::ldmatrix_x4_transposed(codes, values + (k * 16 + lane % 16) * From::kPitch + (j + lane / 16) * 16);
      for (int i = 0; i < 4; ++i) {
        const uint32_t two = i % 2 == 0 ? kCodes02 : kCodes13;
        isa::mma_half(state.out[2 * j + i], a,
                      {isa::multiply_half2(code_pair(codes[i / 2 * 2], two), scales[0]),
                       isa::multiply_half2(code_pair(codes[i / 2 * 2 + 1], two), scales[1])});
      }
    }
  }
}

// A lane has four columns of each 16 together.
template <int kHeadDim>
__device__ __forceinline__ void store_code_rows(const Attention &op, const Work &work, int first,
                                                const RowState<kHeadDim> &state) {
  store_rows<kHeadDim>(op, work, first, state, [&](int half, float *to) {
    for (int j = 0; j < kHeadDim / 16; ++j) {
      const float(&even)[4] = state.out[2 * j];
      const float(&odd)[4] = state.out[2 * j + 1];
      isa::store_16(to + 16 * j + isa::lane() % 4 * 4,
                    {isa::to_bits(even[half * 2]), isa::to_bits(odd[half * 2]), isa::to_bits(even[half * 2 + 1]),
                     isa::to_bits(odd[half * 2 + 1])});
    }
  });
}

// Grid: work items, KV heads. Shared memory: stages of keys and values, then the queries.
template <int kHeadDim, int kWarps>
__global__ void __launch_bounds__(kWarps * 32, 1)
    attention_int8_kernel(Attention op, const QueryTile *tiles, float scale) {
  EBB_DYNAMIC_SHARED(memory);
  if (is_padding(op.live_tiles, blockIdx.x)) return;
  constexpr int kRing = kStages<kWarps>;
  constexpr int kStage = 2 * Part<kHeadDim>::kBytes;
  uint8_t *queries = memory + kRing * kStage;
  const Work work = work_of<kHeadDim, kHeadDim + 2>(op, tiles);
  const int warp = static_cast<int>(threadIdx.x / 32);
  fetch_queries<kHeadDim, kWarps * 32>(op, work, queries);
  for (int ahead = 0; ahead < kRing - 1; ++ahead) {
    const int32_t span = work.begin + ahead * kSpanPositions;
    if (span < work.end) fetch_span<kHeadDim, kWarps>(work, span, memory + ahead * kStage);
    isa::copy_commit();
  }

  RowState<kHeadDim> state;
  begin_rows(op, work, warp * 16, state);
  int stage = 0;
  for (int32_t span = work.begin; span < work.end; span += kSpanPositions) {
    const int32_t next = span + (kRing - 1) * kSpanPositions;
    const int free = stage == 0 ? kRing - 1 : stage - 1;
    if (next < work.end) fetch_span<kHeadDim, kWarps>(work, next, memory + free * kStage);
    isa::copy_commit();
    isa::copy_wait<kRing - 1>();
    isa::sync_threads();
    const uint8_t *keys = memory + stage * kStage;
    float scores[kSpanTiles][4];
    code_scores<kHeadDim>(queries + warp * 16 * kPitch<kHeadDim>, keys, scores);
    shrink_rows(span_softmax(span, scale, state, scores), state);
    code_values<kHeadDim>(keys + Part<kHeadDim>::kBytes, scores, state);
    isa::sync_threads();
    stage = stage == kRing - 1 ? 0 : stage + 1;
  }
  store_code_rows<kHeadDim>(op, work, warp * 16, state);
}

template <int kHeadDim, int kWarps>
constexpr size_t kShared = kStages<kWarps> * 2 * Part<kHeadDim>::kBytes + kWarps * 16 * kPitch<kHeadDim>;

template <int kHeadDim>
constexpr size_t kSharedMost = kShared<kHeadDim, kMmaRows.few / 16> > kShared<kHeadDim, kMmaRows.many / 16>
                                   ? kShared<kHeadDim, kMmaRows.few / 16>
                                   : kShared<kHeadDim, kMmaRows.many / 16>;

template <int kHeadDim, int kWarps>
void start(const Attention &op, const QueryTile *tiles, int32_t count, Stream stream) {
  const float scale = 1.4426950408889634f / sqrtf(static_cast<float>(kHeadDim));
  const Shape shape{static_cast<unsigned>(count), static_cast<unsigned>(op.layout.kv_heads), 1, kWarps * 32,
                    kShared<kHeadDim, kWarps>};
  EBB_LAUNCH((attention_int8_kernel<kHeadDim, kWarps>), shape, stream, op, tiles, scale);
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

size_t attention_int8_shared_bytes(int32_t head_dim) {
  switch (head_dim) {
    case 32: return kSharedMost<32>;
    case 64: return kSharedMost<64>;
    case 96: return kSharedMost<96>;
    case 128: return kSharedMost<128>;
    default: return kSharedMost<256>;
  }
}

void attention_int8(const Attention &op, const QueryTile *tiles, int32_t count, int32_t rows_max, Stream stream) {
  switch (op.layout.head_dim) {
    case 32: return start_rows<32>(op, tiles, count, rows_max, stream);
    case 64: return start_rows<64>(op, tiles, count, rows_max, stream);
    case 96: return start_rows<96>(op, tiles, count, rows_max, stream);
    case 128: return start_rows<128>(op, tiles, count, rows_max, stream);
    default: return start_rows<256>(op, tiles, count, rows_max, stream);
  }
}

}  // namespace ebb::cuda
