#include <cstring>

#include "core/kv_int8.h"
#include "reference/ops.h"

namespace ebb::reference {
namespace {

// One head of one token into row `token` of its part of a block.
void store(const float *from, const KvLayout &layout, size_t token, uint8_t *head) {
  const int32_t n = layout.head_dim;
  uint8_t *to = head + token * layout.token_bytes();
  if (layout.type == EBB_KV_F32) {
    std::memcpy(to, from, static_cast<size_t>(n) * sizeof(float));
  } else if (layout.type == EBB_KV_F16) {
    auto *halves = reinterpret_cast<uint16_t *>(to);
    for (int32_t i = 0; i < n; ++i) halves[i] = f32_to_f16(from[i]);
  } else {
    const uint16_t scale = quantize_kv(from, n, reinterpret_cast<int8_t *>(to));
    std::memcpy(head + layout.scales_offset() + token * sizeof(scale), &scale, sizeof(scale));
  }
}

}  // namespace

void kv_write(const KvMemory &memory, const KvLayout &layout, int layer, const int32_t *slots,
              int64_t tokens, const float *keys, const float *values) {
  const int32_t n = layout.head_dim;
  for (int64_t t = 0; t < tokens; ++t) {
    uint8_t *block = memory.block(slots[t] / layout.block_tokens);
    const auto within = static_cast<size_t>(slots[t] % layout.block_tokens);
    for (int32_t h = 0; h < layout.kv_heads; ++h) {
      const int64_t from = (t * layout.kv_heads + h) * n;
      store(keys + from, layout, within, block + layout.head_offset(layer, KvLayout::kKeys, h));
      store(values + from, layout, within, block + layout.head_offset(layer, KvLayout::kValues, h));
    }
  }
}

}  // namespace ebb::reference
