#include "simt/wrong_kernels/wrong.h"

#include "cuda/isa.cuh"
#include "cuda/launch.cuh"

namespace simt::wrong {
namespace {

using namespace ebb;
using ebb::cuda::Shape;

constexpr Shape kOneCta{1, 1, 1, 64};
constexpr Shape kTwoCtas{2, 1, 1, 64};

int me() { return static_cast<int>(threadIdx.x); }

__global__ void shared_race_kernel(const int32_t *data, int32_t *out, bool right) {
  EBB_SHARED(int32_t, tile, 64);
  tile[me()] = data[me()];
  if (right) isa::sync_threads();
  out[me()] = tile[63 - me()];
}

__global__ void barrier_too_early_kernel(const int32_t *data, int32_t *out, bool right) {
  EBB_SHARED(int32_t, tile, 64);
  int sum = 0;
  for (int round = 0; round < 2; ++round) {
    tile[me()] = data[me()] + round;
    isa::sync_threads();
    sum += tile[63 - me()];
    if (right) isa::sync_threads();
  }
  out[me()] = sum;
}

__global__ void warp_race_kernel(const int32_t *data, int32_t *out, bool right) {
  EBB_SHARED(int32_t, tile, 64);
  tile[me()] = data[me()];
  if (right) isa::sync_warp();
  out[me()] = tile[me() ^ 1];
}

__global__ void cross_cta_kernel(int32_t *out, bool right) {
  if (me() == 0) out[right ? blockIdx.x : 0] = 1;
}

__global__ void plain_counter_kernel(uint32_t *out, bool right) {
  if (right) {
    isa::atomic_add(out, 1);
  } else {
    *out += 1;
  }
}

__global__ void uninitialised_shared_kernel(int32_t *out, bool right) {
  EBB_SHARED(int32_t, tile, 64);
  if (right || me() != 5) tile[me()] = 1;
  isa::sync_threads();
  out[me()] = tile[me()];
}

__global__ void beyond_global_kernel(const int32_t *data, int32_t *out, bool right) {
  out[me()] = data[right ? me() : me() + 1];
}

__global__ void beyond_shared_kernel(const int32_t *data, int32_t *out, bool right) {
  EBB_SHARED(int32_t, tile, 64);
  tile[right ? me() : me() + 1] = data[me()];
  out[me()] = data[me()];
}

__global__ void misaligned_kernel(const int32_t *data, int32_t *out, bool right) {
  const uint4 four = isa::load_16(data + (right ? 4 : 1));
  out[me()] = static_cast<int32_t>(four.x);
}

__global__ void divergent_barrier_kernel(int32_t *out, bool right) {
  if (right || me() < 32) isa::sync_threads();
  out[me()] = 1;
}

__global__ void divergent_shuffle_kernel(int32_t *out, bool right) {
  int value = me();
  if (right || isa::lane() != 3) value = isa::shuffle(value, 0);
  isa::sync_warp();
  out[me()] = value;
}

__global__ void early_exit_kernel(int32_t *out, bool right) {
  if (!right && me() == 40) return;
  out[me()] = isa::shuffle(me(), 0);
}

// Thread i < 16 copies four ints; every thread reads what the first of its quad copied.
__device__ void copy_tile(int32_t *tile, const int32_t *data) {
  if (me() < 16) isa::copy_async_16(tile + 4 * me(), data + 4 * me(), true);
  isa::copy_commit();
}

__global__ void read_in_flight_kernel(const int32_t *data, int32_t *out, bool right) {
  EBB_SHARED(int32_t, tile, 64);
  copy_tile(tile, data);
  if (right) isa::copy_wait<0>();
  isa::sync_threads();
  out[me()] = tile[me()];
}

__global__ void wrong_wait_count_kernel(const int32_t *data, int32_t *out, bool right) {
  EBB_SHARED(int32_t, tile, 128);
  copy_tile(tile, data);
  copy_tile(tile + 64, data);
  if (right) {
    isa::copy_wait<0>();
  } else {
    isa::copy_wait<1>();
  }
  isa::sync_threads();
  out[me()] = tile[64 + me()];
}

__global__ void wait_without_barrier_kernel(const int32_t *data, int32_t *out, bool right) {
  EBB_SHARED(int32_t, tile, 64);
  copy_tile(tile, data);
  isa::copy_wait<0>();
  if (right) isa::sync_threads();
  out[me()] = tile[me()];
}

__global__ void touch_kernel(int32_t *out) { out[me()] = 0; }

__global__ void strided_kernel(const int32_t *data, int32_t *out, int stride) {
  if (me() < 32) out[me()] = data[me() * stride];
}

// A 32x32 tile of ints, written by rows and read by columns.
__global__ void transpose_kernel(const int32_t *data, int32_t *out, int pitch) {
  EBB_SHARED(int32_t, tile, 32 * 33);
  const int lane = me() % 32;
  for (int row = me() / 32; row < 32; row += 2) tile[row * pitch + lane] = data[row * 32 + lane];
  isa::sync_threads();
  for (int row = me() / 32; row < 32; row += 2) out[row * 32 + lane] = tile[lane * pitch + row];
}

}  // namespace

void shared_race(const int32_t *data, int32_t *out, bool right) {
  EBB_LAUNCH(shared_race_kernel, kOneCta, nullptr, data, out, right);
}
void barrier_too_early(const int32_t *data, int32_t *out, bool right) {
  EBB_LAUNCH(barrier_too_early_kernel, kOneCta, nullptr, data, out, right);
}
void warp_race(const int32_t *data, int32_t *out, bool right) {
  EBB_LAUNCH(warp_race_kernel, kOneCta, nullptr, data, out, right);
}
void cross_cta(int32_t *out, bool right) {
  EBB_LAUNCH(cross_cta_kernel, kTwoCtas, nullptr, out, right);
}
void plain_counter(uint32_t *out, bool right) {
  EBB_LAUNCH(plain_counter_kernel, kTwoCtas, nullptr, out, right);
}
void uninitialised_shared(int32_t *out, bool right) {
  EBB_LAUNCH(uninitialised_shared_kernel, kOneCta, nullptr, out, right);
}
void beyond_global(const int32_t *data, int32_t *out, bool right) {
  EBB_LAUNCH(beyond_global_kernel, kOneCta, nullptr, data, out, right);
}
void beyond_shared(const int32_t *data, int32_t *out, bool right) {
  EBB_LAUNCH(beyond_shared_kernel, kOneCta, nullptr, data, out, right);
}
void misaligned(const int32_t *data, int32_t *out, bool right) {
  EBB_LAUNCH(misaligned_kernel, kOneCta, nullptr, data, out, right);
}
void divergent_barrier(int32_t *out, bool right) {
  EBB_LAUNCH(divergent_barrier_kernel, kOneCta, nullptr, out, right);
}
void divergent_shuffle(int32_t *out, bool right) {
  EBB_LAUNCH(divergent_shuffle_kernel, kOneCta, nullptr, out, right);
}
void early_exit(int32_t *out, bool right) {
  EBB_LAUNCH(early_exit_kernel, kOneCta, nullptr, out, right);
}
void read_in_flight(const int32_t *data, int32_t *out, bool right) {
  EBB_LAUNCH(read_in_flight_kernel, kOneCta, nullptr, data, out, right);
}
void wrong_wait_count(const int32_t *data, int32_t *out, bool right) {
  EBB_LAUNCH(wrong_wait_count_kernel, kOneCta, nullptr, data, out, right);
}
void wait_without_barrier(const int32_t *data, int32_t *out, bool right) {
  EBB_LAUNCH(wait_without_barrier_kernel, kOneCta, nullptr, data, out, right);
}
void too_much_shared(int32_t *out) {
  EBB_LAUNCH(touch_kernel, (Shape{1, 1, 1, 64, 228 * 1024}), nullptr, out);
}
void strided(const int32_t *data, int32_t *out, int stride) {
  EBB_LAUNCH(strided_kernel, kOneCta, nullptr, data, out, stride);
}
void transpose(const int32_t *data, int32_t *out, bool padding) {
  EBB_LAUNCH(transpose_kernel, kOneCta, nullptr, data, out, padding ? 33 : 32);
}

}  // namespace simt::wrong
