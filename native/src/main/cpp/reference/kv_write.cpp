#include <cstring>

#include "reference/ops.h"

namespace ebb::reference {
namespace {

void store(const float *from, int32_t n, ebb_kv_type type, uint8_t *to) {
  if (type == EBB_KV_F32) {
    std::memcpy(to, from, static_cast<size_t>(n) * sizeof(float));
    return;
  }
  auto *halves = reinterpret_cast<uint16_t *>(to);
  for (int32_t i = 0; i < n; ++i) halves[i] = f32_to_f16(from[i]);
}

}  // namespace

void kv_write(const KvMemory &memory, const KvLayout &layout, int layer, const int32_t *slots,
              int64_t tokens, const float *keys, const float *values) {
  const int32_t n = layout.head_dim;
  for (int64_t t = 0; t < tokens; ++t) {
    uint8_t *block = memory.block(slots[t] / layout.block_tokens);
    const size_t within = static_cast<size_t>(slots[t] % layout.block_tokens) * layout.token_bytes();
    for (int32_t h = 0; h < layout.kv_heads; ++h) {
      const int64_t from = (t * layout.kv_heads + h) * n;
      store(keys + from, n, layout.type,
            block + layout.head_offset(layer, KvLayout::kKeys, h) + within);
      store(values + from, n, layout.type,
            block + layout.head_offset(layer, KvLayout::kValues, h) + within);
    }
  }
}

}  // namespace ebb::reference
