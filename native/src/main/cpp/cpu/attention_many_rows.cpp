// Attention of many query rows to one span: keys and values are copied out as
// floats, keys transposed, and reused by all rows.
// Bound: multiply-adds, 2 * rows * 64 * head_dim.
#include "cpu/attention_span.h"
#include "cpu/isa_kernels.h"

namespace ebb::cpu::EBB_ISA {
namespace {

// Keys transposed, so that a lane is a position; whole groups of sixteen are filled.
template <Stored kStored>
EBB_INLINE void load_keys(const SpanWork &work, const SpanScratch &to) {
  const int head_dim = work.call.head_dim;
  for (int group = work.any.begin / kLanes * kLanes; group < work.any.end; group += kLanes) {
    for (int d = 0; d < head_dim; d += kLanes) {
      Floats rows[kLanes];
#pragma GCC unroll 16
      for (int i = 0; i < kLanes; ++i) {
        rows[i] = load_elements<kStored>(work.call, work.tokens.at[group + i] + work.key_offset, d);
      }
      prefetch_keys(work, group, d);
      transpose(rows);
      const int count = head_dim - d < kLanes ? head_dim - d : kLanes;
      for (int i = 0; i < count; ++i) store(to.keys + (d + i) * kSpan + group, rows[i]);
    }
  }
}

template <Stored kStored>
EBB_INLINE void load_values(const SpanWork &work, const SpanScratch &to) {
  for (int i = work.any.begin; i < work.any.end; ++i) {
    const uint8_t *token = work.tokens.at[i] + work.value_offset;
    prefetch(work.call, work.next.at[i] + work.value_offset);
    float *row = to.values + i * to.padded;
    for (int d = 0; d < to.padded; d += kLanes) store(row + d, load_elements<kStored>(work.call, token, d));
  }
}

template <Stored kStored>
void load_span(const SpanWork &work, const SpanScratch &to) {
  load_keys<kStored>(work, to);
  load_values<kStored>(work, to);
}

// scores[r][i] = sum over d of q[r][d] * key[d][i], d rising, for 16 * Vectors positions.
template <int Rows, int Vectors>
EBB_INLINE void score_tile(const float *q, int head_dim, const float *keys, float *scores) {
  Floats sums[Rows][Vectors];
  for (auto &row : sums) {
    for (Floats &sum : row) sum = zero();
  }
  for (int d = 0; d < head_dim; ++d) {
    Floats key[Vectors];
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) key[v] = load(keys + d * kSpan + v * kLanes);
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r) {
      const Floats element = set1(q[r * head_dim + d]);
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) sums[r][v] = fma(element, key[v], sums[r][v]);
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) store(scores + r * kSpan + v * kLanes, sums[r][v]);
  }
}

template <int Rows>
EBB_INLINE void score_rows(const float *q, int head_dim, const float *keys, int begin, int end,
                           float *scores) {
  int i = begin / kLanes * kLanes;
  for (; i + kVectors * kLanes <= kSpan && i < end; i += kVectors * kLanes) {
    if (end - i <= kLanes) break;
    score_tile<Rows, kVectors>(q, head_dim, keys + i, scores + i);
  }
  for (; i < end; i += kLanes) score_tile<Rows, 1>(q, head_dim, keys + i, scores + i);
}

// out[r][c] = sum over positions of weight[r][i] * value[i][c], i rising, 16 * Vectors columns.
template <int Rows, int Vectors>
EBB_INLINE void weigh_tile(const float *weights, int begin, int end, const float *values,
                           int padded, float *out, int stride) {
  Floats sums[Rows][Vectors];
  for (auto &row : sums) {
    for (Floats &sum : row) sum = zero();
  }
  for (int i = begin; i < end; ++i) {
    Floats value[Vectors];
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) value[v] = load(values + i * padded + v * kLanes);
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
    for (int v = 0; v < Vectors; ++v) store(out + r * stride + v * kLanes, sums[r][v]);
  }
}

template <int Rows>
EBB_INLINE void weigh_rows(const float *weights, int begin, int end, const SpanScratch &span,
                           float *out, int stride) {
  int c = 0;
  for (; c + kVectors * kLanes <= span.padded; c += kVectors * kLanes) {
    weigh_tile<Rows, kVectors>(weights, begin, end, span.values + c, span.padded, out + c, stride);
  }
  for (; c < span.padded; c += kLanes) {
    weigh_tile<Rows, 1>(weights, begin, end, span.values + c, span.padded, out + c, stride);
  }
}

template <int Rows>
EBB_INLINE void attend_rows(const SpanWork &work, int row, const SpanScratch &span) {
  const AttentionCall &call = work.call;
  const int stride = kStateValues + span.padded;
  Visible seen[Rows];
  bool same = true;
  for (int r = 0; r < Rows; ++r) {
    seen[r] = visible(call, row + r, work.origin);
    same = same && seen[r].begin == seen[0].begin && seen[r].end == seen[0].end;
  }
  // First and limit rise with the rows, so these bounds hold all of them.
  if (seen[0].begin >= seen[Rows - 1].end) return;
  score_rows<Rows>(work.q + static_cast<int64_t>(row) * call.head_dim, call.head_dim, span.keys,
                   seen[0].begin, seen[Rows - 1].end, span.scores);
  for (int r = 0; r < Rows; ++r) {
    float *partial = span.partial + r * stride;
    partial[kStateSum] = 0;
    if (seen[r].begin >= seen[r].end) continue;
    float *weights = span.scores + r * kSpan;
    exponentials(weights, seen[r], partial);
    // A row must not touch values past its own limit, not even with weight 0:
    // tokens after it may have put infinities there.
    if (!same) {
      weigh_rows<1>(weights, seen[r].begin, seen[r].end, span, partial + kStateValues, stride);
    }
  }
  if (same) {
    weigh_rows<Rows>(span.scores, seen[0].begin, seen[0].end, span, span.partial + kStateValues,
                     stride);
  }
  for (int r = 0; r < Rows; ++r) {
    merge(work.states + static_cast<int64_t>(row + r) * stride, span.partial + r * stride,
          call.head_dim);
  }
}

template <int Rows>
EBB_INLINE void attend_last_rows(const SpanWork &work, int row, const SpanScratch &span) {
  if (work.call.rows - row == Rows) {
    attend_rows<Rows>(work, row, span);
  } else if constexpr (Rows > 1) {
    attend_last_rows<Rows - 1>(work, row, span);
  }
}

}  // namespace

void attend_many_rows(const SpanWork &work) {
  const SpanScratch span = split_scratch(work.call);
  switch (stored_as(work.call)) {
    case Stored::kHalves: load_span<Stored::kHalves>(work, span); break;
    case Stored::kFloats: load_span<Stored::kFloats>(work, span); break;
    default: load_span<Stored::kAny>(work, span);
  }
  int row = 0;
  for (; row + kRows <= work.call.rows; row += kRows) attend_rows<kRows>(work, row, span);
  attend_last_rows<kRows - 1>(work, row, span);
}

}  // namespace ebb::cpu::EBB_ISA
