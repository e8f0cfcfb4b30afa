// Choosing among many numbers by one CTA: the greatest, the k greatest, those that fulfil a condition in their order,
// a sort. Orders are total, so each result follows from the numbers alone.
#ifndef EBB_CUDA_SELECT_CUH
#define EBB_CUDA_SELECT_CUH

#include "cuda/isa.cuh"

namespace ebb::cuda {

// The key of a logit rises with it; 0 for those that cannot be chosen, minus infinity and no number.
__device__ __forceinline__ uint32_t key_of(float logit) {
  if (!(logit > -INFINITY)) return 0;
  const uint32_t bits = isa::to_bits(logit == 0 ? 0.0f : logit);  // both zeros are one
  return (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
}
__device__ __forceinline__ float logit_of(uint32_t key) {
  return isa::to_float((key & 0x80000000u) != 0 ? key & 0x7FFFFFFFu : ~key);
}

// A candidate of a sort: x and y are the key's lower and upper half, z the id.
__device__ __forceinline__ bool better(const uint4 &a, const uint4 &b) {
  if (a.y != b.y) return a.y > b.y;
  if (a.x != b.x) return a.x > b.x;
  return a.z < b.z;
}

// Sorts a power of two of candidates, best first: greatest keys, on ties lowest ids. A bitonic network.
template <int kThreads>
__device__ __forceinline__ void sort_best_first(uint4 *entries, int32_t count) {
  EBB_UNROLL(1)
  for (int32_t size = 2; size <= count; size *= 2) {
    EBB_UNROLL(1)
    for (int32_t apart = size / 2; apart > 0; apart /= 2) {
      EBB_UNROLL(1)
      for (int32_t i = static_cast<int32_t>(threadIdx.x); i < count / 2; i += kThreads) {
        const int32_t low = 2 * i - (i & (apart - 1));
        const uint4 a = isa::load_16(entries + low);
        const uint4 b = isa::load_16(entries + low + apart);
        if (better(b, a) == ((low & size) == 0)) {
          isa::store_16(entries + low, b);
          isa::store_16(entries + low + apart, a);
        }
      }
      isa::sync_threads();
    }
  }
}

// The place of this thread's item among those that are wanted, in the order of threads, from `done` on; `done` goes
// on by their number. For all threads of a CTA; what they read before it was read before any of them goes on.
template <int kWarps>
__device__ __forceinline__ int32_t place_of(bool wanted, uint32_t *counts, int32_t &done) {
  const uint32_t mask = isa::ballot(wanted);
  const int warp = static_cast<int>(threadIdx.x / 32);
  if (isa::lane() == 0) counts[warp] = isa::count_bits(mask);
  isa::sync_threads();
  uint32_t before = 0;
  uint32_t all = 0;
  for (int i = 0; i < kWarps; ++i) {
    before += i < warp ? counts[i] : 0;
    all += counts[i];
  }
  isa::sync_threads();
  const int32_t place = done + static_cast<int32_t>(before + isa::count_bits(mask & ((1u << isa::lane()) - 1)));
  done += static_cast<int32_t>(all);
  return place;
}

struct Greatest {
  float value;
  int32_t id;  // the lowest on ties; kNone where nothing is greater than minus infinity
};
constexpr int32_t kNone = 0x7FFFFFFF;

__device__ __forceinline__ Greatest greater_of(const Greatest &a, const Greatest &b) {
  return b.value > a.value || (b.value == a.value && b.id < a.id) ? b : a;
}

// The greatest of n values, for all threads; `values` and `ids` are shared memory, an element a warp.
template <int kWarps>
__device__ __forceinline__ Greatest greatest_of(const float *from, int32_t n, float *values, int32_t *ids) {
  Greatest best{-INFINITY, kNone};
  EBB_UNROLL(4)
  for (int32_t i = static_cast<int32_t>(threadIdx.x); i < n; i += kWarps * 32) {
    if (from[i] > best.value) best = {from[i], i};
  }
  for (int apart = 16; apart > 0; apart /= 2) {
    best = greater_of(best, {isa::shuffle_xor(best.value, apart), isa::shuffle_xor(best.id, apart)});
  }
  if (isa::lane() == 0) {
    values[threadIdx.x / 32] = best.value;
    ids[threadIdx.x / 32] = best.id;
  }
  isa::sync_threads();
  for (int i = 0; i < kWarps; ++i) best = greater_of(best, {values[i], ids[i]});
  return best;
}

// Which keys are among the k greatest: all above `key`, and of those that equal it the first `equal`.
struct Threshold {
  uint32_t key;
  int32_t equal;
  int32_t count;  // k, or fewer where there are fewer candidates
};

// A radix select, eight bits at a time from the top; `histogram` is 256 counters in shared memory.
template <int kThreads>
__device__ __forceinline__ Threshold greatest_keys(const float *logits, int32_t n, int32_t k, uint32_t *histogram) {
  Threshold threshold{0, 0, k};
  int32_t above = 0;
  EBB_UNROLL(1)
  for (int shift = 24; shift >= 0; shift -= 8) {
    for (int32_t i = static_cast<int32_t>(threadIdx.x); i < 256; i += kThreads) histogram[i] = 0;
    isa::sync_threads();
    const uint32_t fixed = shift == 24 ? 0 : 0xFFFFFFFFu << (shift + 8);
    EBB_UNROLL(4)
    for (int32_t i = static_cast<int32_t>(threadIdx.x); i < n; i += kThreads) {
      const uint32_t key = key_of(logits[i]);
      if (key != 0 && (key & fixed) == threshold.key) isa::atomic_add(histogram + (key >> shift & 255u), 1);
    }
    isa::sync_threads();
    if (shift == 24) {
      int32_t all = 0;
      for (int i = 0; i < 256; ++i) all += static_cast<int32_t>(histogram[i]);
      if (all < k) threshold.count = all;
    }
    int digit = 255;
    while (digit > 0 && above + static_cast<int32_t>(histogram[digit]) < threshold.count) {
      above += static_cast<int32_t>(histogram[digit--]);
    }
    threshold.key |= static_cast<uint32_t>(digit) << shift;
    isa::sync_threads();
  }
  threshold.equal = threshold.count - above;
  return threshold;
}

}  // namespace ebb::cuda

#endif  // EBB_CUDA_SELECT_CUH
