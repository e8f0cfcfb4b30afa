#include "core/kv_blocks.h"

#include <cstring>
#include <string>

#include "core/error.h"

namespace ebb {

KvMemory attach_blocks(const KvLayout &layout, void *base, uint64_t bytes, int32_t blocks) {
  if (base == nullptr) fail_argument("the KV memory has no address");
  if (reinterpret_cast<uintptr_t>(base) % 64 != 0) {
    fail_argument("the KV memory must be aligned to 64 bytes");
  }
  if (blocks < 1) fail_argument("KV blocks must be at least 1, not " + std::to_string(blocks));
  const uint64_t needed = static_cast<uint64_t>(blocks) * layout.block_bytes();
  if (bytes < needed) {
    fail_argument(std::to_string(blocks) + " KV blocks of " + std::to_string(layout.block_bytes()) +
                  " bytes need " + std::to_string(needed) + " bytes, but only " +
                  std::to_string(bytes) + " were given");
  }
  return {static_cast<uint8_t *>(base), blocks, layout.block_bytes()};
}

void copy_kv_blocks(const KvMemory &memory, const int32_t *source, const int32_t *target,
                    int32_t count) {
  if (memory.base == nullptr) fail_argument("no KV memory is attached");
  if (count < 0) fail_argument("a negative count of blocks to copy");
  for (int32_t i = 0; i < count; ++i) {
    for (const int32_t block : {source[i], target[i]}) {
      if (block < 0 || block >= memory.blocks) {
        fail_argument("block " + std::to_string(block) + " to copy is outside the " +
                      std::to_string(memory.blocks) + " attached blocks");
      }
    }
  }
  for (int32_t i = 0; i < count; ++i) {
    std::memmove(memory.block(target[i]), memory.block(source[i]), memory.block_bytes);
  }
}

}  // namespace ebb
