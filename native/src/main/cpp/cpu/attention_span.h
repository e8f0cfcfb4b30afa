// What the two ways through a span share: where its tokens lie, and the softmax.
#ifndef EBB_CPU_ATTENTION_SPAN_H
#define EBB_CPU_ATTENTION_SPAN_H

#include "cpu/kernels.h"
#include "cpu/simd.h"

namespace ebb::cpu::EBB_ISA {

// Where the parts of AttentionCall::scratch begin.
struct SpanScratch {
  float *keys;     // [head_dim][kSpan]: transposed, so that a lane is a position
  float *values;   // [kSpan][padded]
  float *scores;   // [kRowsAtOnce][kSpan]
  float *partial;  // [kRowsAtOnce][state_floats]
  int padded;      // head_dim up to a multiple of 16
};

EBB_INLINE SpanScratch split_scratch(const AttentionCall &call) {
  const int padded = (call.head_dim + kLanes - 1) / kLanes * kLanes;
  float *keys = call.scratch;
  float *values = keys + kSpan * padded;
  float *scores = values + kSpan * padded;
  return {keys, values, scores, scores + kRowsAtOnce * kSpan, padded};
}

// Where the tokens of a span lie: add key_offset or value_offset. Positions
// outside what is read stand for the first that is: memory of others may never
// have been written, or not belong to the sequence.
struct SpanTokens {
  const uint8_t *at[kSpan];
};

// Positions origin + begin .. origin + end - 1.
EBB_INLINE void find_tokens(const AttentionCall &call, int32_t origin, int begin, int end,
                            SpanTokens &to) {
  int32_t block = (origin + begin) / call.block_tokens;
  int32_t index = (origin + begin) % call.block_tokens;
  for (int i = begin; i < end; ++i) {
    const uint8_t *base = call.memory + static_cast<size_t>(call.block_table[block]) * call.block_bytes;
    to.at[i] = base + static_cast<size_t>(index) * call.token_bytes;
    if (++index == call.block_tokens) {
      index = 0;
      ++block;
    }
  }
  for (int i = 0; i < begin; ++i) to.at[i] = to.at[begin];
  for (int i = end; i < kSpan; ++i) to.at[i] = to.at[begin];
}

// How vectors are stored: the two usual ways, whose heads fill whole registers,
// and anything else, with a test at every load.
enum class Stored { kHalves, kFloats, kAny };

EBB_INLINE Stored stored_as(const AttentionCall &call) {
  if (call.head_dim % kLanes != 0) return Stored::kAny;
  return call.half ? Stored::kHalves : Stored::kFloats;
}

// Elements d .. d+15 of a token's vector, zero past head_dim.
template <Stored kStored>
EBB_INLINE Floats load_elements(const AttentionCall &call, const uint8_t *token, int d) {
  const auto *halves = reinterpret_cast<const uint16_t *>(token) + d;
  const auto *floats = reinterpret_cast<const float *>(token) + d;
  if constexpr (kStored == Stored::kHalves) return load_f16(halves);
  if constexpr (kStored == Stored::kFloats) return load(floats);
  const int count = call.head_dim - d < kLanes ? call.head_dim - d : kLanes;
  return call.half ? load_f16_first(halves, count) : load_first(floats, count);
}

// Part of a span that a row sees, counted from the span's origin.
struct Visible {
  int begin;
  int end;
};

EBB_INLINE Visible visible(const AttentionCall &call, int row, int32_t origin) {
  const int32_t begin = call.first[row] - origin;
  const int32_t end = call.limit[row] - origin;
  return {begin > 0 ? begin : 0, end < kSpan ? end : kSpan};
}

// One span of one KV head.
struct SpanWork {
  const AttentionCall &call;
  const SpanTokens &tokens;
  const SpanTokens &next;  // of the span after this one, or of this one at the end
  int32_t origin;     // first position of the span
  Visible any;        // what any row sees
  size_t key_offset;  // of this head
  size_t value_offset;
  const float *q;     // [rows][head_dim]
  float *states;      // [rows][state_floats]: merged into
};

// Blocks lie scattered, so the processor cannot guess which comes next; without
// help, decoding at depth takes twice as long. A token of the next span is asked
// for with each that is used: one by one, and into the second-level cache, because
// a burst, or the few open misses of the first, would keep other loads waiting.
EBB_INLINE void prefetch(const AttentionCall &call, const uint8_t *token) {
  for (size_t i = 0; i < call.token_bytes; i += 64) {
    _mm_prefetch(reinterpret_cast<const char *>(token + i), _MM_HINT_T1);
  }
}

// The share of step d (of head_dim, by 16) of the next span's keys in a group of sixteen.
EBB_INLINE void prefetch_keys(const SpanWork &work, int group, int d) {
  const int each = (kLanes * kLanes + work.call.head_dim - 1) / work.call.head_dim;
  const int end = group + (d / kLanes + 1) * each;
  for (int i = group + d / kLanes * each; i < end && i < group + kLanes; ++i) {
    prefetch(work.call, work.next.at[i] + work.key_offset);
  }
}

// Scores of the visible positions become exp(score - greatest), zero around them
// in their groups of sixteen. kWhole: all of the span is visible.
template <bool kWhole>
EBB_INLINE void exponentials_of(float *scores, Visible seen, float *state) {
  const int first = kWhole ? 0 : seen.begin / kLanes * kLanes;
  const int end = kWhole ? kSpan : seen.end;
  const auto keep = [&](Floats a, int i, Floats other) __attribute__((always_inline)) {
    return kWhole ? a : keep_range(a, seen.begin - i, seen.end - i, other);
  };
  const Floats lowest = set1(-__builtin_inff());
  Floats greatest = lowest;
#pragma GCC unroll 4
  for (int i = first; i < end; i += kLanes) {
    greatest = max(keep(load(scores + i), i, lowest), greatest);
  }
  const float most = reduce_max(greatest);
  Floats sums = zero();
#pragma GCC unroll 4
  for (int i = first; i < end; i += kLanes) {
    const Floats e = keep(exp(sub(load(scores + i), set1(most))), i, zero());
    store(scores + i, e);
    sums = add(sums, e);
  }
  state[kStateMax] = most;
  state[kStateSum] = reduce_add(sums);
}

EBB_INLINE void exponentials(float *scores, Visible seen, float *state) {
  if (seen.begin == 0 && seen.end == kSpan) {
    exponentials_of<true>(scores, seen, state);
  } else {
    exponentials_of<false>(scores, seen, state);
  }
}

// The many copies keys and values out as floats first; the few reads them in
// place. Both compute the same: score = sum of q[d] * key[d], d rising, and
// value = sum of weight[i] * value[i], i rising, each one chain of fused
// multiply-adds from zero.
void attend_many_rows(const SpanWork &work);
void attend_few_rows(const SpanWork &work);  // rows <= kFewRows

// Sums that are kept in registers at once: rows x vectors.
#if defined(__AVX512F__)
constexpr int kRows = 4;
constexpr int kVectors = 4;
#else
constexpr int kRows = 2;
constexpr int kVectors = 2;
#endif
constexpr int kFewRows = kRows;
static_assert(kRows <= kRowsAtOnce);

}  // namespace ebb::cpu::EBB_ISA

#endif  // EBB_CPU_ATTENTION_SPAN_H
