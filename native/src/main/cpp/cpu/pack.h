// From a stored tensor to the packed layout of packed_format.h.
#ifndef EBB_CPU_PACK_H
#define EBB_CPU_PACK_H

#include <cstddef>
#include <cstdint>

#include "core/model.h"
#include "cpu/packed_format.h"

namespace ebb::cpu {

struct PackedMatrix {
  Format format = kFormatF32;
  int64_t rows = 0;
  int64_t columns = 0;
  const uint8_t *data = nullptr;

  int64_t tiles() const { return (rows + kTileRows - 1) / kTileRows; }
  size_t tile_bytes() const;
  size_t bytes() const { return static_cast<size_t>(tiles()) * tile_bytes(); }
  const uint8_t *tile(int64_t index) const { return data + static_cast<size_t>(index) * tile_bytes(); }
};

// The matrix a tensor packs into, its data not yet there.
PackedMatrix packed_shape(const Tensor &tensor);

// Writes tiles begin..end-1; rows past the last are zeros. `to` is tile 0.
void pack_tiles(const Tensor &tensor, int64_t begin, int64_t end, uint8_t *to);

}  // namespace ebb::cpu

#endif  // EBB_CPU_PACK_H
