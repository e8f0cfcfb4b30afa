#include "simt/wrong_kernels/wrong_sm90.h"

#include "cuda/device.h"
#include "cuda/isa_sm90.cuh"
#include "cuda/launch.cuh"

namespace simt::wrong {
namespace {

using namespace ebb;
using ebb::cuda::Shape;
using ebb::cuda::TensorMap;

constexpr int kTileBytes = 64 * 128;
constexpr int kRowsOfOnes = 16;  // of b's last 64 rows, what one product takes

// Shared memory: b's tile, a's, one to spare, barriers.
struct Room {
  uint8_t *b, *a, *spare;
  uint64_t *full, *empty;
};

__device__ Room room_of(uint8_t *memory, Mistake mistake) {
  auto *barriers = reinterpret_cast<uint64_t *>(memory + 3 * kTileBytes);
  return {memory + (mistake == Mistake::kMisaligned ? 128 : 0), memory + kTileBytes, memory + 2 * kTileBytes, barriers,
          barriers + 1};
}

__device__ void produce(const TensorMap &map, const Room &room, Mistake mistake) {
  for (int round = 0; round < 2; ++round) {
    if (round > 0 && mistake != Mistake::kNoEmptyWait) isa::barrier_wait(room.empty, 0);
    if (isa::elect()) {
      isa::barrier_expect(room.full, kTileBytes + (mistake == Mistake::kWrongBytes ? 16 : 0));
      isa::copy_tensor(room.b, map, 0, round * 64, room.full);
      isa::barrier_arrive(room.full);
    }
  }
  if (mistake == Mistake::kNotWaitedAtEnd && isa::elect()) {
    isa::barrier_expect(room.empty, kTileBytes);
    isa::copy_tensor(room.spare, map, 0, 0, room.empty);
  }
}

// Thread i writes row i / 2, half a row of 16 each.
__device__ void write_a(const uint16_t *a, uint8_t *to, Mistake mistake) {
  const int i = static_cast<int>(threadIdx.x);
  const int row = i / 2;
  isa::store_16_shared(to + row * 128 + (i % 2 ^ (row & 7)) * 16, isa::load_16(a + i * 8));
  if (mistake != Mistake::kNoAsyncFence) isa::fence_async();
}

__device__ void release(const Room &room, Mistake mistake, uint32_t &seen) {
  // Every lane reads a word of the tile, so that the arrival of one speaks for all.
  seen ^= reinterpret_cast<const uint32_t *>(room.b)[threadIdx.x];
  if (mistake != Mistake::kNoSyncWarp) isa::sync_warp();
  if (isa::lane() == 0) isa::barrier_arrive(room.empty);
}

__device__ void multiply_shared(const Room &room, float (*c)[4], Mistake mistake) {
  if (mistake != Mistake::kWarpLeftOut || threadIdx.x / 32 != 3) {
    isa::wgmma_shared(c, isa::matrix_descriptor(room.a), isa::matrix_descriptor(room.b), false);
  }
  isa::wgmma_commit();
}

__device__ void multiply_registers(const Room &room, float (*c)[4], Mistake mistake) {
  uint32_t ones[4] = {0x3C003C00u, 0x3C003C00u, 0x3C003C00u, 0x3C003C00u};
  if (mistake != Mistake::kNoWgmmaFence) isa::wgmma_fence();
  for (int k = 0; k < 64 / kRowsOfOnes; ++k) {
    isa::wgmma_registers(c, ones, isa::matrix_descriptor(room.b) + static_cast<unsigned>(k * kRowsOfOnes * 128 / 16));
  }
  isa::wgmma_commit();
  if (mistake == Mistake::kOperandChanged) ones[threadIdx.x % 4] = 0;
  if (mistake == Mistake::kSumsChanged) c[1][1] = 0;
  if (mistake != Mistake::kNeverWaitedFor) isa::wgmma_wait<0>();
}

__device__ void store(const float (*c)[4], uint32_t seen, float *out) {
  const int row = static_cast<int>(threadIdx.x) / 32 * 16 + isa::lane() / 4;
  for (int j = 0; j < 8; ++j) {
    for (int i = 0; i < 4; ++i) {
      // `seen` is used so that its reads stay.
      out[(row + i / 2 * 8) * 64 + 8 * j + isa::lane() % 4 * 2 + i % 2] = c[j][i] + (seen == 0x12345678u ? 1.0f : 0.0f);
    }
  }
}

__device__ void consume(const Room &room, float *out, Mistake mistake) {
  float c[8][4];
  uint32_t seen = 0;
  if (mistake != Mistake::kNoWait) isa::barrier_wait(room.full, 0);
  isa::wgmma_fence();
  multiply_shared(room, c, mistake);
  if (mistake == Mistake::kReleasedEarly) release(room, mistake, seen);
  isa::wgmma_wait<0>();
  if (mistake != Mistake::kReleasedEarly) release(room, mistake, seen);
  isa::barrier_wait(room.full, 1);
  multiply_registers(room, c, mistake);
  store(c, seen, out);
}

__global__ void products_kernel(const EBB_GRID_CONSTANT TensorMap map, const uint16_t *a, float *out, Mistake mistake) {
  EBB_DYNAMIC_SHARED(memory);
  const Room room = room_of(memory, mistake);
  if (threadIdx.x == 0) {
    isa::barrier_init(room.full, 1);
    isa::barrier_init(room.empty, 4);
    if (mistake != Mistake::kNotPublished) isa::barrier_publish();
  }
  const bool consumer = threadIdx.x < 128;
  if (consumer) write_a(a, room.a, mistake);
  if (mistake != Mistake::kBarrierUnseen) isa::sync_threads();
  if (consumer) {
    consume(room, out, mistake);
  } else {
    produce(map, room, mistake);
  }
}

}  // namespace

void products(const uint16_t *a, const uint16_t *b, float *out, Mistake mistake) {
  const TensorMap map = cuda::tensor_rows(b, 56, 128, 64);
  const Shape shape{1, 1, 1, 160, 3 * kTileBytes + 16};
  EBB_LAUNCH(products_kernel, shape, nullptr, map, a, out, mistake);
}

}  // namespace simt::wrong
