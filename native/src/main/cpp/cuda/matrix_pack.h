// From a stored tensor to the layout that products on tensor cores read.
//
// mma.m16n8k16 gives lane i the rows i / 4 and i / 4 + 8 of a tile. Which columns are
// its own may be chosen as long as the activations agree, so lane i owns columns
// 8 (i % 4) .. + 7 of each group of 32: its codes, and its activations, lie side by side.
// Bytes may have a step for each 16 columns, so there it owns 4 (i % 4) .. + 3 of both halves.
//
//   nibbles  [tile][group][lane][2 rows] u32: nibble j of a word is column 2j of
//            the lane's eight for j < 4, column 2 (j - 4) + 1 for the rest
//   bytes    [tile][group][lane][2 rows][8] signed
//   halves   [tile][group][piece][2 rows][lane][8] F16: the weight over the matrix's scale, or, for
//            F32, two pieces whose sum it is to 22 bits
//   steps    [tile][group][steps_per_group][16 rows] float
//   minima   [tile][group][16 rows] float
#ifndef EBB_CUDA_MATRIX_PACK_H
#define EBB_CUDA_MATRIX_PACK_H

#include <vector>

#include "core/model.h"
#include "core/task_pool.h"
#include "cuda/ops.h"

namespace ebb::cuda {

constexpr int32_t kTileRows = 16;
constexpr int32_t kGroup = 32;

constexpr int64_t tiles_of(int64_t rows) { return (rows + kTileRows - 1) / kTileRows; }
constexpr int64_t groups_of(int64_t columns) { return padded(columns) / kGroup; }

// Shape, code and scale of a stored matrix, without addresses. Throws Error(EBB_UNSUPPORTED) for a type that has no
// packing.
Matrix packed_shape(const Tensor &tensor, TaskPool &pool);

// What a tile of 16 rows takes in each array; 0 where the format has none.
struct TileSizes {
  size_t codes;
  size_t steps;   // floats
  size_t minima;  // floats
};
TileSizes tile_sizes(const Tensor &tensor, const Matrix &matrix);

// Where tiles from `first` on go, one behind the other.
struct PackedTiles {
  int64_t first;
  uint8_t *codes;
  float *steps;
  float *minima;
};
// Packs `count` tiles, shared out to the threads of the pool; each byte depends on its tile alone.
void pack_tiles(const Tensor &tensor, const Matrix &matrix, const PackedTiles &to, int64_t count, TaskPool &pool);

// A packed matrix in host memory; `matrix` has its shape and no addresses.
struct PackedMatrix {
  Matrix matrix = {};
  std::vector<uint8_t> codes;
  std::vector<float> steps;
  std::vector<float> minima;
};

// All of it, by the calling thread.
PackedMatrix pack_matrix(const Tensor &tensor);

}  // namespace ebb::cuda

#endif  // EBB_CUDA_MATRIX_PACK_H
