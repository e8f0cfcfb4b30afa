// Attention of few query rows to one span, as in decoding: keys and values are
// used straight from their blocks, each read once.
// Bound: reading keys and values.
#include "cpu/attention_span.h"
#include "cpu/isa_kernels.h"

namespace ebb::cpu::EBB_ISA {
namespace {

// Scores of sixteen positions: keys are turned in registers, a lane a position.
template <Stored kStored, int Rows>
EBB_INLINE void score_group(const SpanWork &work, int group, float *scores) {
  const int head_dim = work.call.head_dim;
  Floats sums[Rows];
  for (Floats &sum : sums) sum = zero();
  for (int d = 0; d < head_dim; d += kLanes) {
    Floats keys[kLanes];
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) {
      keys[i] = load_elements<kStored>(work.call, work.tokens.at[group + i] + work.key_offset, d);
    }
    prefetch_keys(work, group, d);
    transpose(keys);
    const float *q = work.q + d;
    if (head_dim - d >= kLanes) {
#pragma GCC unroll 16
      for (int i = 0; i < kLanes; ++i) {
        for (int r = 0; r < Rows; ++r) sums[r] = fma(set1(q[r * head_dim + i]), keys[i], sums[r]);
      }
    } else {
      for (int i = 0; i < head_dim - d; ++i) {
        for (int r = 0; r < Rows; ++r) sums[r] = fma(set1(q[r * head_dim + i]), keys[i], sums[r]);
      }
    }
  }
  for (int r = 0; r < Rows; ++r) store(scores + r * kSpan + group, sums[r]);
}

// Weighted sums of the values, 16 * Vectors columns from c on.
template <Stored kStored, int Rows, int Vectors>
EBB_INLINE void weigh_columns(const SpanWork &work, const float *weights, Visible seen, int c,
                              float *out, int stride) {
  Floats sums[Rows][Vectors];
  for (auto &row : sums) {
    for (Floats &sum : row) sum = zero();
  }
  for (int i = seen.begin; i < seen.end; ++i) {
    if (c == 0) prefetch(work.call, work.next.at[i] + work.value_offset);
    const uint8_t *token = work.tokens.at[i] + work.value_offset;
    Floats value[Vectors];
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) value[v] = load_elements<kStored>(work.call, token, c + v * kLanes);
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r) {
      const Floats weight = set1(weights[r * kSpan + i]);
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) sums[r][v] = fma(weight, value[v], sums[r][v]);
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) store(out + r * stride + c + v * kLanes, sums[r][v]);
  }
}

template <Stored kStored, int Rows>
EBB_INLINE void weigh(const SpanWork &work, const float *weights, Visible seen, int padded,
                      float *out, int stride) {
  int c = 0;
  for (; c + kVectors * kLanes <= padded; c += kVectors * kLanes) {
    weigh_columns<kStored, Rows, kVectors>(work, weights, seen, c, out, stride);
  }
  for (; c < padded; c += kLanes) weigh_columns<kStored, Rows, 1>(work, weights, seen, c, out, stride);
}

template <Stored kStored, int Rows>
EBB_INLINE void attend_rows(const SpanWork &work) {
  if (work.call.rows != Rows) {
    if constexpr (Rows > 1) attend_rows<kStored, Rows - 1>(work);
    return;
  }
  const SpanScratch span = split_scratch(work.call);
  const int stride = kStateValues + span.padded;
  for (int group = work.any.begin / kLanes * kLanes; group < work.any.end; group += kLanes) {
    score_group<kStored, Rows>(work, group, span.scores);
  }
  bool same = true;
  for (int r = 0; r < Rows; ++r) {
    const Visible seen = visible(work.call, r, work.origin);
    same = same && seen.begin == work.any.begin && seen.end == work.any.end;
  }
  for (int r = 0; r < Rows; ++r) {
    const Visible seen = visible(work.call, r, work.origin);
    float *partial = span.partial + r * stride;
    partial[kStateSum] = 0;
    if (seen.begin >= seen.end) continue;
    exponentials(span.scores + r * kSpan, seen, partial);
    if (!same) {
      weigh<kStored, 1>(work, span.scores + r * kSpan, seen, span.padded, partial + kStateValues, stride);
    }
  }
  if (same) {
    weigh<kStored, Rows>(work, span.scores, work.any, span.padded, span.partial + kStateValues, stride);
  }
  for (int r = 0; r < Rows; ++r) {
    merge(work.states + static_cast<int64_t>(r) * stride, span.partial + r * stride,
          work.call.head_dim);
  }
}

}  // namespace

void attend_few_rows(const SpanWork &work) {
  switch (stored_as(work.call)) {
    case Stored::kHalves: return attend_rows<Stored::kHalves, kFewRows>(work);
    case Stored::kFloats: return attend_rows<Stored::kFloats, kFewRows>(work);
    default: return attend_rows<Stored::kAny, kFewRows>(work);
  }
}

}  // namespace ebb::cpu::EBB_ISA
