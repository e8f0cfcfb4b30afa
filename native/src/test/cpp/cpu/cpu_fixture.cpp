#include "cpu/cpu_fixture.h"

#include <cstring>
#include <random>

#include "check.h"

namespace ebb::test {
namespace {

// Byte offsets of the f16 fields in a block of each type; -1: none.
struct Halves {
  int first;
  int second;
};

Halves halves_of(ebb_type type) {
  switch (type) {
    case EBB_TYPE_Q4_0: case EBB_TYPE_Q5_0: case EBB_TYPE_Q8_0: return {0, -1};
    case EBB_TYPE_Q6_K: return {208, -1};
    default: return {0, 2};
  }
}

void set_half(uint8_t *at, float value) {
  const uint16_t half = f32_to_f16(value);
  std::memcpy(at, &half, 2);
}

void encode_plain(ebb_type type, const std::vector<float> &values, std::vector<uint8_t> &bytes) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (type == EBB_TYPE_F32) {
      std::memcpy(bytes.data() + 4 * i, &values[i], 4);
    } else {
      const uint16_t half = type == EBB_TYPE_F16 ? f32_to_f16(values[i]) : f32_to_bf16(values[i]);
      std::memcpy(bytes.data() + 2 * i, &half, 2);
    }
  }
}

}  // namespace

RandomMatrix::RandomMatrix(ebb_type type, int64_t rows, int64_t cols, uint32_t seed) {
  bytes_.resize(static_cast<size_t>(rows) * row_bytes(type, cols));
  tensor_ = {bytes_.data(), type, rows, cols};
  if (type_block_elements(type) == 1) {
    encode_plain(type, random_floats(static_cast<size_t>(rows * cols), seed), bytes_);
    return;
  }
  std::mt19937 bits(seed);
  for (uint8_t &byte : bytes_) byte = static_cast<uint8_t>(bits());
  const size_t block = type_block_bytes(type);
  const auto field = [&] { return (static_cast<float>(bits() % 1000) - 500.0f) / 20000.0f; };
  for (size_t at = 0; at < bytes_.size(); at += block) {
    const Halves halves = halves_of(type);
    set_half(bytes_.data() + at + halves.first, field());
    if (halves.second >= 0) set_half(bytes_.data() + at + halves.second, field());
  }
}

Packed::Packed(const Tensor &tensor) : matrix_(cpu::packed_shape(tensor)) {
  bytes_.resize(matrix_.bytes());
  cpu::pack_tiles(tensor, 0, matrix_.tiles(), bytes_.data());
  matrix_.data = bytes_.data();
}

std::vector<float> multiply(const cpu::Kernels &kernels, const cpu::PackedMatrix &matrix,
                            const std::vector<float> &x, int64_t tokens) {
  cpu::ActivationTiles input;
  input.shape(kernels, tokens, {&matrix});
  for (int64_t t = 0; t < tokens; ++t) {
    input.write(t, 0, x.data() + t * matrix.columns, matrix.columns);
  }
  const int64_t padded = matrix.tiles() * cpu::kTileRows;
  std::vector<float> y(static_cast<size_t>(tokens * matrix.rows));
  std::vector<float> tile(static_cast<size_t>(cpu::kTokensMax * padded));
  for (int64_t i = 0; i < input.tiles(); ++i) {
    kernels.matmul[matrix.format]({matrix.tile(0), input.tile(i, matrix.format), matrix.columns,
                                   matrix.tiles(), input.count(i), tile.data(), padded});
    for (int64_t t = 0; t < input.count(i); ++t) {
      std::memcpy(y.data() + (input.begin(i) + t) * matrix.rows, tile.data() + t * padded,
                  static_cast<size_t>(matrix.rows) * sizeof(float));
    }
  }
  return y;
}

}  // namespace ebb::test
