// Attention: going through the spans.
//
// Positions are taken in spans of 64 at fixed places. Within a span: scores,
// their softmax against the greatest of the span, and the weighted sum of the
// values, positions rising; then the span is merged into the row's state. A row's
// arithmetic therefore depends on its own positions alone, however many rows come
// along and whether spans are computed by one thread or several.
#include "cpu/attention_span.h"
#include "cpu/isa_kernels.h"

namespace ebb::cpu::EBB_ISA {
namespace {

EBB_INLINE Visible visible_to_any(const AttentionCall &call, int32_t origin) {
  return {visible(call, 0, origin).begin, visible(call, call.rows - 1, origin).end};
}

}  // namespace

void attend(const AttentionCall &call) {
  const int64_t stride = state_floats(call.head_dim);
  const int64_t all_rows = int64_t{call.rows} * call.kv_heads;
  SpanTokens tokens[2];
  Visible seen = visible_to_any(call, call.span_begin * kSpan);
  find_tokens(call, call.span_begin * kSpan, seen.begin, seen.end, tokens[0]);
  float *states = call.state;
  for (int32_t s = call.span_begin; s < call.span_end; ++s) {
    const int32_t origin = s * kSpan;
    const int now = (s - call.span_begin) % 2;
    Visible later = seen;
    if (s + 1 < call.span_end) {
      later = visible_to_any(call, origin + kSpan);
      find_tokens(call, origin + kSpan, later.begin, later.end, tokens[1 - now]);
    }
    const SpanTokens &next = tokens[s + 1 < call.span_end ? 1 - now : now];
    if (s == call.span_begin || call.separate) {
      states = call.state + (s - call.span_begin) * all_rows * stride;
      for (int64_t r = 0; r < all_rows; ++r) states[r * stride + kStateSum] = 0;
      if (!call.separate) states = call.state;
    }
    for (int32_t h = 0; h < call.kv_heads; ++h) {
      const size_t offset = static_cast<size_t>(h) * call.head_bytes;
      const SpanWork work = {call, tokens[now], next, origin, seen, call.key_offset + offset,
                             call.value_offset + offset,
                             call.q + int64_t{h} * call.rows * call.head_dim,
                             states + int64_t{h} * call.rows * stride};
      call.rows <= kFewRows ? attend_few_rows(work) : attend_many_rows(work);
    }
    seen = later;
  }
}

}  // namespace ebb::cpu::EBB_ISA
