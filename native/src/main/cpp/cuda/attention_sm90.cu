// Paged flash attention for sm_90a: decode and prefill by one kernel, bulk copies and warpgroup products.
//
// A warp brings keys and values by bulk copies, some spans ahead; each warpgroup computes 64 rows.
// Rows go through the same spans in the same order as in attention.cu, but their products are
// another instruction, whose sums need not be the same bits: so a device uses one of the two for all
// rows (ADR 3). Decode wastes most of a tile's rows, which costs little: at 512 bytes a position tensor
// cores are busy for less than a quarter of the time that the bytes take.
#include "cuda/attention_work.cuh"
#include "cuda/isa_sm90.cuh"
#include "cuda/launch.cuh"
#include "cuda/live.cuh"

namespace ebb::cuda {
namespace {

constexpr int kGroupRows = 64;
constexpr int kPanelBytes = 64 * 128;  // 64 rows of 64 columns

template <int kHeadDim>
constexpr int kPanels = (kHeadDim + kPanelColumns - 1) / kPanelColumns;

// Shared memory of a CTA: stages of keys and values, queries, barriers.
template <int kHeadDim, int kGroups>
struct Room {
  static constexpr int kPartBytes = kPanels<kHeadDim> * kPanelBytes;
  static constexpr int kStages = kGroups == 1 ? 3 : 4;
  static constexpr int kQueries = kStages * 2 * kPartBytes;
  static constexpr int kBarriers = kQueries + kGroups * kPartBytes;
  static constexpr int kBytes = kBarriers + (2 * kStages + 1) * 8;
  static constexpr int kThreads = kGroups == 1 ? 128 : kGroups * 128 + 32;

  uint8_t *memory;
  __device__ __forceinline__ uint8_t *keys(int stage) const { return memory + stage * 2 * kPartBytes; }
  __device__ __forceinline__ uint8_t *values(int stage) const { return keys(stage) + kPartBytes; }
  __device__ __forceinline__ uint8_t *queries(int group) const { return memory + kQueries + group * kPartBytes; }
  __device__ __forceinline__ uint64_t *full(int stage) const {
    return reinterpret_cast<uint64_t *>(memory + kBarriers) + stage;
  }
  __device__ __forceinline__ uint64_t *empty(int stage) const { return full(kStages + stage); }
  __device__ __forceinline__ uint64_t *queries_there() const { return full(2 * kStages); }
};

// A place in the ring of stages; `round` counts how often it came round.
template <int kStages>
struct Turn {
  int stage = 0;
  uint32_t round = 0;
  __device__ __forceinline__ void next() {
    if (++stage < kStages) return;
    stage = 0;
    ++round;
  }
};

// Where a 16-byte chunk of a row of panels lies, as bulk copies put it.
__device__ __forceinline__ int panel_chunk(int row, int chunk) {
  return chunk / 8 * kPanelBytes + row * 128 + (chunk % 8 ^ (row & 7)) * 16;
}

// A group's queries; rows and columns that are not there become zeros.
template <int kHeadDim>
__device__ __forceinline__ void fetch_group(const Attention &op, const Work &work, int group, uint8_t *to) {
  constexpr int kChunks = kPanels<kHeadDim> * 8;
  EBB_UNROLL(2)
  for (int n = 0; n < kGroupRows * kChunks / 128; ++n) {
    const int i = n * 128 + static_cast<int>(threadIdx.x) % 128;
    const int row = group * kGroupRows + i / kChunks;
    const bool there = row < work.tile.rows && i % kChunks < kHeadDim / 8;
    const int64_t from = query_row(op, work, there ? row : 0) * kHeadDim + (there ? i % kChunks * 8 : 0);
    isa::copy_async_16(to + panel_chunk(i / kChunks, i % kChunks), op.q + from, there);
  }
}

// The rows of a span from `first` on, by the whole warp: those of a block that is not full, and zeros.
template <int kHeadDim>
__device__ __forceinline__ void fetch_tail(const Work &work, int32_t span, int first, int part, uint8_t *to) {
  constexpr int kChunks = kPanels<kHeadDim> * 8;
  const uint8_t *head = work.keys + part * work.part_bytes;
  EBB_UNROLL(1)
  for (int i = first * kChunks + isa::lane(); i < kSpanPositions * kChunks; i += 32) {
    const int32_t position = span + i / kChunks;
    const bool there = position < work.end && i % kChunks < kHeadDim / 8;
    const int32_t read = position < work.end ? position : work.end - 1;
    const uint8_t *block = head + work.blocks[read >> work.block_shift] * work.block_bytes;
    const int32_t within = read & ((1 << work.block_shift) - 1);
    isa::copy_async_16(to + panel_chunk(i / kChunks, i % kChunks),
                       block + within * kHeadDim * 2 + (there ? i % kChunks * 16 : 0), there);
  }
}

// Brings the spans of a CTA's work one after the other, by one warp.
template <int kHeadDim, int kGroups>
struct Producer {
  const Attention &op;
  const TensorMap &map;
  const Work &work;
  const Room<kHeadDim, kGroups> &room;
  int32_t span;
  int32_t first_block;
  int32_t block;  // a lane holds one of the split, which has at most 32
  Turn<Room<kHeadDim, kGroups>::kStages> turn;

  __device__ __forceinline__ void begin() {
    span = work.begin;
    first_block = work.begin >> work.block_shift;
    const int32_t last = (work.end - 1) >> work.block_shift;
    block = work.blocks[first_block + isa::lane() < last ? first_block + isa::lane() : last];
  }

  // Starts the copies of one whole block into rows `row` and on of a stage.
  __device__ __forceinline__ void copy_block(int row, int32_t from) const {
    const int64_t head = (static_cast<int64_t>(from) * op.layout.layers + op.layer) * 2 * op.layout.kv_heads;
    for (int part = 0; part < 2; ++part) {
      uint8_t *to = (part == 0 ? room.keys(turn.stage) : room.values(turn.stage)) + row * 128;
      const int64_t rows = (head + part * op.layout.kv_heads + work.kv_head) << work.block_shift;
      for (int panel = 0; panel < kPanels<kHeadDim>; ++panel) {
        isa::copy_tensor(to + panel * kPanelBytes, map, panel * kPanelColumns, static_cast<int32_t>(rows),
                         room.full(turn.stage));
      }
    }
  }

  // The next span, when its stage is free; nothing behind the last one.
  __device__ __forceinline__ void bring() {
    if (span >= work.end) return;
    if (turn.round > 0) isa::barrier_wait(room.empty(turn.stage), (turn.round - 1) & 1);
    const int block_rows = 1 << work.block_shift;
    const int whole = (work.end - span < kSpanPositions ? work.end - span : kSpanPositions) & -block_rows;
    const bool leader = isa::elect();
    if (leader) isa::barrier_expect(room.full(turn.stage), whole * 2 * kPanels<kHeadDim> * 128);
    for (int row = 0; row < whole; row += block_rows) {
      const int32_t from = isa::shuffle(block, ((span + row) >> work.block_shift) - first_block);
      if (leader) copy_block(row, from);
    }
    if (whole < kSpanPositions) {
      fetch_tail<kHeadDim>(work, span, whole, 0, room.keys(turn.stage));
      fetch_tail<kHeadDim>(work, span, whole, 1, room.values(turn.stage));
      isa::copy_commit();
      isa::copy_wait<0>();
      isa::fence_async();
    }
    isa::sync_warp();
    if (leader) isa::barrier_arrive(room.full(turn.stage));
    span += kSpanPositions;
    turn.next();
  }
};

// scores = q k^T: 64 rows, 64 positions.
template <int kHeadDim>
__device__ __forceinline__ void group_scores(uint64_t queries, uint64_t keys, float (&scores)[kSpanTiles][4]) {
  isa::wgmma_fence();
  for (int d = 0; d < kHeadDim / 16; ++d) {
    const int at = (d / 4 * kPanelBytes + d % 4 * 32) / 16;
    isa::wgmma_shared(scores, queries + at, keys + at, d > 0);
  }
  isa::wgmma_commit();
  isa::wgmma_wait<0>();
  isa::wgmma_settled(scores);
}

// out += weights * values.
template <int kHeadDim>
__device__ __forceinline__ void group_values(uint64_t values, const float (&weights)[kSpanTiles][4],
                                             RowState<kPanels<kHeadDim> * 64> &state) {
  uint32_t a[kSpanTiles / 2][4];
  for (int k = 0; k < kSpanTiles / 2; ++k) pack_weights(weights, k, a[k]);
  isa::wgmma_fence();
  for (int k = 0; k < kSpanTiles / 2; ++k) {
    for (int panel = 0; panel < kPanels<kHeadDim>; ++panel) {
      isa::wgmma_registers(state.out + panel * 8, a[k], values + (panel * kPanelBytes + k * 16 * 128) / 16);
    }
  }
  isa::wgmma_commit();
  isa::wgmma_wait<0>();
  for (int panel = 0; panel < kPanels<kHeadDim>; ++panel) isa::wgmma_settled(state.out + panel * 8);
}

// Positions that some row of the group sees: none where it has no rows.
__device__ __forceinline__ void visible_to(const Attention &op, const Work &work, int group, int32_t &first,
                                           int32_t &end) {
  const int from = group * kGroupRows;
  const int to = work.tile.rows < from + kGroupRows ? work.tile.rows : from + kGroupRows;
  first = 0;
  end = 0;
  if (from >= to) return;
  first = first_visible(op, op.positions[work.tile.token + from / work.group]);
  end = op.positions[work.tile.token + (to - 1) / work.group] + 1;
}

template <int kHeadDim, int kGroups>
__device__ __forceinline__ void consume(Producer<kHeadDim, kGroups> &producer, int warp, float scale) {
  const Attention &op = producer.op;
  const Work &work = producer.work;
  const Room<kHeadDim, kGroups> &room = producer.room;
  const int group = warp / 4;
  const bool brings = kGroups == 1 && warp == 0;
  if (brings) {
    for (int ahead = 1; ahead < Room<kHeadDim, kGroups>::kStages; ++ahead) producer.bring();
  }
  isa::copy_wait<0>();
  isa::fence_async();
  isa::sync_warp();
  if (isa::elect()) isa::barrier_arrive(room.queries_there());
  isa::barrier_wait(room.queries_there(), 0);

  RowState<kPanels<kHeadDim> * 64> state;
  begin_rows(op, work, warp * 16, state);
  int32_t first, end;
  visible_to(op, work, group, first, end);
  const bool rows = warp * 16 < work.tile.rows;
  const uint64_t queries = isa::matrix_descriptor(room.queries(group));
  Turn<Room<kHeadDim, kGroups>::kStages> turn;
  for (int32_t span = work.begin; span < work.end; span += kSpanPositions, turn.next()) {
    if (brings) producer.bring();
    isa::barrier_wait(room.full(turn.stage), turn.round & 1);
    if (span < end && span + kSpanPositions > first) {
      float scores[kSpanTiles][4];
      group_scores<kHeadDim>(queries, isa::matrix_descriptor(room.keys(turn.stage)), scores);
      // A warp without rows has zeros for queries, scores and sums.
      if (rows) shrink_rows(span_softmax(span, scale, state, scores), state);
      group_values<kHeadDim>(isa::matrix_descriptor(room.values(turn.stage)), scores, state);
    }
    isa::sync_warp();
    if (isa::elect()) isa::barrier_arrive(room.empty(turn.stage));
  }
  if (rows) store_rows<kHeadDim>(op, work, warp * 16, state);
}

// Grid: work items, KV heads. Of two groups a warp of its own is the producer. Of one it is the first
// warp besides: registers are given to warps by fours, and with a fifth one fewer CTAs would fit.
template <int kHeadDim, int kGroups>
__global__ void __launch_bounds__(Room<kHeadDim, kGroups>::kThreads, kGroups == 1 && kHeadDim <= 128 ? 2 : 1)
    attention_sm90_kernel(Attention op, const EBB_GRID_CONSTANT TensorMap map, const QueryTile *tiles, float scale) {
  EBB_DYNAMIC_SHARED(memory);
  if (is_padding(op.live_tiles, blockIdx.x)) return;
  const Room<kHeadDim, kGroups> room{memory};
  const Work work = work_of<kHeadDim>(op, tiles);
  const int warp = isa::uniform(static_cast<int>(threadIdx.x / 32));
  if (threadIdx.x == 0) {
    for (int stage = 0; stage < Room<kHeadDim, kGroups>::kStages; ++stage) {
      isa::barrier_init(room.full(stage), 1);
      isa::barrier_init(room.empty(stage), kGroups * 4);
    }
    isa::barrier_init(room.queries_there(), kGroups * 4);
    isa::barrier_publish();
  }
  if (warp < kGroups * 4) fetch_group<kHeadDim>(op, work, warp / 4, room.queries(warp / 4));
  isa::copy_commit();
  isa::sync_threads();
  Producer<kHeadDim, kGroups> producer{op, map, work, room, 0, 0, 0, {}};
  if (warp == (kGroups == 1 ? 0 : kGroups * 4)) producer.begin();
  if (warp < kGroups * 4) {
    consume(producer, warp, scale);
  } else {
    while (producer.span < work.end) producer.bring();
  }
}

template <int kHeadDim, int kGroups>
void start(const Attention &op, const QueryTile *tiles, int32_t count, Stream stream) {
  using Space = Room<kHeadDim, kGroups>;
  const float scale = 1.4426950408889634f / sqrtf(static_cast<float>(kHeadDim));
  const Shape shape{static_cast<unsigned>(count), static_cast<unsigned>(op.layout.kv_heads), 1, Space::kThreads,
                    Space::kBytes};
  EBB_LAUNCH((attention_sm90_kernel<kHeadDim, kGroups>), shape, stream, op, *op.kv_map, tiles, scale);
}

template <int kHeadDim>
void start_rows(const Attention &op, const QueryTile *tiles, int32_t count, int32_t rows_max, Stream stream) {
  if constexpr (sm90_rows(kHeadDim).many > kGroupRows) {
    if (rows_max > kGroupRows) return start<kHeadDim, 2>(op, tiles, count, stream);
  }
  start<kHeadDim, 1>(op, tiles, count, stream);
}

}  // namespace

void attention_sm90(const Attention &op, const QueryTile *tiles, int32_t count, int32_t rows_max, Stream stream) {
  switch (op.layout.head_dim) {
    case 32: return start_rows<32>(op, tiles, count, rows_max, stream);
    case 64: return start_rows<64>(op, tiles, count, rows_max, stream);
    case 96: return start_rows<96>(op, tiles, count, rows_max, stream);
    case 128: return start_rows<128>(op, tiles, count, rows_max, stream);
    default: return start_rows<256>(op, tiles, count, rows_max, stream);
  }
}

}  // namespace ebb::cuda
