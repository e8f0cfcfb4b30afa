#include "cuda/matrix_pack.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/codes.h"

namespace ebb::cuda {
namespace {

Matrix::Code code_of(ebb_type type) {
  switch (type) {
    case EBB_TYPE_BF16:
    case EBB_TYPE_F16: return Matrix::kHalves;
    case EBB_TYPE_F32: return Matrix::kHalfPairs;
    case EBB_TYPE_Q4_0:
    case EBB_TYPE_Q4_1:
    case EBB_TYPE_Q4_K: return Matrix::kNibbles;
    default: return Matrix::kBytes;
  }
}

int pieces_of(Matrix::Code code) {
  return code == Matrix::kHalves ? 1 : code == Matrix::kHalfPairs ? 2 : 0;
}

bool has_minima(ebb_type type) {
  return type == EBB_TYPE_Q4_1 || type == EBB_TYPE_Q5_1 || type == EBB_TYPE_Q4_K || type == EBB_TYPE_Q5_K;
}

size_t group_bytes(Matrix::Code code) {
  if (code == Matrix::kNibbles) return 256;
  if (code == Matrix::kBytes) return 512;
  return static_cast<size_t>(pieces_of(code)) * 1024;
}

// Where one row's group goes.
struct Place {
  uint8_t *group;  // codes of the tile's group
  int row;         // 0..15
};

// The lanes that own row `row` are 4 (row % 8) .. + 3.
size_t lane_of(int row, int column) { return static_cast<size_t>(row % 8 * 4 + column / 8); }

void put_nibbles(const CodeBlock &block, int offset, const Place &place) {
  for (int quarter = 0; quarter < 4; ++quarter) {
    uint32_t word = 0;
    for (int i = 0; i < 8; ++i) {
      const auto nibble = static_cast<uint32_t>(block.codes[quarter * 8 + i] + offset) & 15u;
      word |= nibble << (4 * (i / 2 + i % 2 * 4));
    }
    const size_t at = lane_of(place.row, quarter * 8) * 8 + static_cast<size_t>(place.row / 8 * 4);
    std::memcpy(place.group + at, &word, 4);
  }
}

void put_bytes(const CodeBlock &block, const Place &place) {
  for (int quarter = 0; quarter < 4; ++quarter) {
    const size_t at = lane_of(place.row, quarter * 8) * 16 + static_cast<size_t>(place.row / 8 * 8);
    std::memcpy(place.group + at, block.codes + quarter * 4, 4);
    std::memcpy(place.group + at + 4, block.codes + 16 + quarter * 4, 4);
  }
}

// The power of two that brings the greatest weight between 2^13 and 2^14, the most of F16's range:
// then a number down to 2^-27 of the greatest keeps its eleven bits.
float scale_of(const Tensor &tensor, TaskPool &pool) {
  constexpr int64_t kRowsEach = 64;
  std::vector<float> greatest(static_cast<size_t>((tensor.rows + kRowsEach - 1) / kRowsEach), 0.0f);
  pool.run_ranges(tensor.rows, kRowsEach, [&](int64_t begin, int64_t end) {
    std::vector<float> floats(static_cast<size_t>(tensor.cols));
    float &most = greatest[static_cast<size_t>(begin / kRowsEach)];
    for (int64_t row = begin; row < end; ++row) {
      dequantize_row(tensor.type, tensor.row(row), floats.data(), tensor.cols);
      for (const float value : floats) most = std::max(most, std::fabs(value));
    }
  });
  const float most = greatest.empty() ? 0 : *std::max_element(greatest.begin(), greatest.end());
  return most == 0 || !std::isfinite(most) ? 1.0f : std::ldexp(1.0f, std::ilogb(most) - 13);
}

// Each piece is what the ones before leave, rounded to F16.
void put_pieces(const float *weights, int count, float scale, int pieces, const Place &place) {
  for (int i = 0; i < count; ++i) {
    float left = weights[i] / scale;
    for (int piece = 0; piece < pieces; ++piece) {
      const uint16_t bits = f32_to_f16(left);
      left -= f16_to_f32(bits);
      const size_t at = static_cast<size_t>(piece * 1024 + place.row / 8 * 512) + lane_of(place.row, i) * 16 +
                        static_cast<size_t>(i % 8 * 2);
      std::memcpy(place.group + at, &bits, 2);
    }
  }
}

void pack_codes_row(const Tensor &tensor, const Matrix &m, int64_t row, const PackedTiles &to) {
  const auto groups = static_cast<size_t>(groups_of(tensor.cols));
  const auto tile = static_cast<size_t>(row / kTileRows - to.first);
  const auto in_tile = static_cast<int>(row % kTileRows);
  for (int64_t g = 0; g < tensor.cols / kGroup; ++g) {
    const CodeBlock block = take_codes(tensor.type, tensor.row(row), g);
    const size_t index = tile * groups + static_cast<size_t>(g);
    if (m.code == Matrix::kNibbles) {
      put_nibbles(block, m.code_offset, {to.codes + index * 256, in_tile});
    } else {
      put_bytes(block, {to.codes + index * 512, in_tile});
    }
    const auto steps = static_cast<size_t>(m.steps_per_group);
    for (size_t s = 0; s < steps; ++s) {
      to.steps[(index * steps + s) * kTileRows + static_cast<size_t>(in_tile)] = block.step[s];
    }
    if (has_minima(tensor.type)) to.minima[index * kTileRows + static_cast<size_t>(in_tile)] = block.minimum;
  }
}

void pack_float_row(const Tensor &tensor, const Matrix &m, int64_t row, std::vector<float> &floats,
                    const PackedTiles &to) {
  dequantize_row(tensor.type, tensor.row(row), floats.data(), tensor.cols);
  const int pieces = pieces_of(m.code);
  for (int64_t g = 0; g * kGroup < tensor.cols; ++g) {
    const int64_t count = std::min<int64_t>(kGroup, tensor.cols - g * kGroup);
    const auto index = static_cast<size_t>((row / kTileRows - to.first) * groups_of(tensor.cols) + g);
    put_pieces(floats.data() + g * kGroup, static_cast<int>(count), m.scale, pieces,
               {to.codes + index * static_cast<size_t>(pieces) * 1024, static_cast<int>(row % kTileRows)});
  }
}

// Zeros where no row or column is, then the rows.
void pack_tile(const Tensor &tensor, const Matrix &matrix, const PackedTiles &to, int64_t tile,
               std::vector<float> &floats) {
  const TileSizes sizes = tile_sizes(tensor, matrix);
  const auto at = static_cast<size_t>(tile - to.first);
  std::fill_n(to.codes + at * sizes.codes, sizes.codes, uint8_t{0});
  std::fill_n(to.steps + at * sizes.steps, sizes.steps, 0.0f);
  std::fill_n(to.minima + at * sizes.minima, sizes.minima, 0.0f);
  for (int64_t row = tile * kTileRows; row < std::min(tensor.rows, (tile + 1) * kTileRows); ++row) {
    if (has_codes(tensor.type)) {
      pack_codes_row(tensor, matrix, row, to);
    } else {
      pack_float_row(tensor, matrix, row, floats, to);
    }
  }
}

}  // namespace

Matrix packed_shape(const Tensor &tensor, TaskPool &pool) {
  const Matrix::Code code = code_of(tensor.type);
  const int steps = pieces_of(code) > 0 ? 0 : tensor.type == EBB_TYPE_Q6_K ? 2 : 1;
  return {code, static_cast<int32_t>(tensor.rows), static_cast<int32_t>(tensor.cols), steps,
          tensor.type == EBB_TYPE_Q4_0 ? 8 : 0, steps == 0 ? scale_of(tensor, pool) : 1.0f, nullptr, nullptr, nullptr};
}

TileSizes tile_sizes(const Tensor &tensor, const Matrix &matrix) {
  const auto groups = static_cast<size_t>(groups_of(tensor.cols));
  return {groups * group_bytes(matrix.code), groups * static_cast<size_t>(matrix.steps_per_group) * kTileRows,
          has_minima(tensor.type) ? groups * kTileRows : 0};
}

void pack_tiles(const Tensor &tensor, const Matrix &matrix, const PackedTiles &to, int64_t count, TaskPool &pool) {
  pool.run_ranges(count, 4, [&](int64_t begin, int64_t end) {
    std::vector<float> floats(static_cast<size_t>(tensor.cols));
    for (int64_t tile = begin; tile < end; ++tile) pack_tile(tensor, matrix, to, to.first + tile, floats);
  });
}

PackedMatrix pack_matrix(const Tensor &tensor) {
  TaskPool pool(1);
  PackedMatrix packed;
  packed.matrix = packed_shape(tensor, pool);
  const TileSizes sizes = tile_sizes(tensor, packed.matrix);
  const int64_t tiles = tiles_of(tensor.rows);
  packed.codes.resize(static_cast<size_t>(tiles) * sizes.codes);
  packed.steps.resize(static_cast<size_t>(tiles) * sizes.steps);
  packed.minima.resize(static_cast<size_t>(tiles) * sizes.minima);
  pack_tiles(tensor, packed.matrix, {0, packed.codes.data(), packed.steps.data(), packed.minima.data()}, tiles, pool);
  return packed;
}

}  // namespace ebb::cuda
