// Attaching and copying KV blocks, the same for every backend in host memory.
#ifndef EBB_CORE_KV_BLOCKS_H
#define EBB_CORE_KV_BLOCKS_H

#include <cstdint>

#include "core/kv_layout.h"

namespace ebb {

// Checks that `blocks` blocks of the layout fit into `bytes` at `base` and that
// `base` is aligned to 64 bytes. Throws Error(EBB_INVALID_ARGUMENT).
KvMemory attach_blocks(const KvLayout &layout, void *base, uint64_t bytes, int32_t blocks);

// Copies block source[i] to target[i], in order. All indices are checked before
// the first byte is copied.
void copy_kv_blocks(const KvMemory &memory, const int32_t *source, const int32_t *target,
                    int32_t count);

}  // namespace ebb

#endif  // EBB_CORE_KV_BLOCKS_H
