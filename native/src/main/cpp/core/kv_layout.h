// Where the keys and values of a token lie: the layout at the end of model.h.
#ifndef EBB_CORE_KV_LAYOUT_H
#define EBB_CORE_KV_LAYOUT_H

#include <cstddef>
#include <cstdint>

#include "include/model.h"

namespace ebb {

// Shape of a KV block: [layers][K, V][kv_heads]([block_tokens][head_dim], of EBB_KV_I8 then [block_tokens] scales).
struct KvLayout {
  int32_t layers = 0;
  int32_t kv_heads = 0;
  int32_t block_tokens = 0;
  int32_t head_dim = 0;
  ebb_kv_type type = EBB_KV_F32;

  enum Part { kKeys = 0, kValues = 1 };

  constexpr size_t element_bytes() const { return type == EBB_KV_F32 ? 4 : type == EBB_KV_F16 ? 2 : 1; }
  constexpr size_t token_bytes() const { return static_cast<size_t>(head_dim) * element_bytes(); }
  constexpr size_t scale_bytes() const { return type == EBB_KV_I8 ? 2 : 0; }

  // Where, within one head's part of a block, the scales of its tokens begin.
  constexpr size_t scales_offset() const { return static_cast<size_t>(block_tokens) * token_bytes(); }

  // Bytes of one head's part of a block, contiguous.
  constexpr size_t head_bytes() const { return scales_offset() + static_cast<size_t>(block_tokens) * scale_bytes(); }

  size_t block_bytes() const {
    return static_cast<size_t>(layers) * 2 * static_cast<size_t>(kv_heads) * head_bytes();
  }

  // Byte offset, within a block, of the first token of a layer's head.
  size_t head_offset(int layer, Part part, int head) const {
    return ((static_cast<size_t>(layer) * 2 + part) * static_cast<size_t>(kv_heads) +
            static_cast<size_t>(head)) * head_bytes();
  }
};

// The attached memory of all blocks.
struct KvMemory {
  uint8_t *base = nullptr;
  int32_t blocks = 0;
  size_t block_bytes = 0;

  uint8_t *block(int32_t index) const { return base + static_cast<size_t>(index) * block_bytes; }
};

}  // namespace ebb

#endif  // EBB_CORE_KV_LAYOUT_H
