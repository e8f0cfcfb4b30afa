#include "cuda/cuda_fixture.h"

#include <cstring>

namespace ebb::test {
namespace {

void put_half(uint8_t *at, float value) {
  const uint16_t bits = f32_to_f16(value);
  std::memcpy(at, &bits, 2);
}

// Any bytes are codes; the steps among them must be numbers of a size that occurs.
void mend_steps(ebb_type type, uint8_t *block, float step) {
  if (type == EBB_TYPE_Q6_K) {
    put_half(block + 208, step * 0.1f);
    return;
  }
  const bool super = type == EBB_TYPE_Q4_K || type == EBB_TYPE_Q5_K;
  put_half(block, super ? step * 0.1f : step);
  if (super || type == EBB_TYPE_Q4_1 || type == EBB_TYPE_Q5_1) put_half(block + 2, super ? step * 0.2f : -7 * step);
}

}  // namespace

StoredMatrix::StoredMatrix(ebb_type type, int64_t rows, int64_t columns, uint32_t seed)
    : bytes_(static_cast<size_t>(rows) * row_bytes(type, columns)) {
  const auto floats = random_floats(static_cast<size_t>(rows * columns), seed);
  if (type_block_elements(type) > 1) {
    std::mt19937 random(seed);
    for (uint8_t &byte : bytes_) byte = static_cast<uint8_t>(random());
    const size_t each = type_block_bytes(type);
    for (size_t i = 0; i < bytes_.size() / each; ++i) {
      mend_steps(type, bytes_.data() + i * each, 0.01f + 0.02f * static_cast<float>(random() % 100) / 100);
    }
  } else {
    for (size_t i = 0; i < floats.size(); ++i) {
      const uint16_t bits = type == EBB_TYPE_BF16 ? f32_to_bf16(floats[i]) : f32_to_f16(floats[i]);
      if (type == EBB_TYPE_F32) {
        std::memcpy(bytes_.data() + 4 * i, &floats[i], 4);
      } else {
        std::memcpy(bytes_.data() + 2 * i, &bits, 2);
      }
    }
  }
  tensor_ = {bytes_.data(), type, rows, columns};
}

DeviceMatrix::DeviceMatrix(const Tensor &tensor) {
  const cuda::PackedMatrix packed = cuda::pack_matrix(tensor);
  matrix_ = packed.matrix;
  codes_ = std::make_unique<simt::Buffer<uint8_t>>("codes", packed.codes);
  matrix_.codes = codes_->data();
  if (!packed.steps.empty()) {
    steps_ = std::make_unique<simt::Buffer<float>>("steps", packed.steps);
    matrix_.steps = steps_->data();
  }
  if (!packed.minima.empty()) {
    minima_ = std::make_unique<simt::Buffer<float>>("minima", packed.minima);
    matrix_.minima = minima_->data();
  }
}

std::vector<uint16_t> random_half_rows(int64_t rows, int64_t columns, uint32_t seed) {
  const auto floats = random_floats(static_cast<size_t>(rows * columns), seed);
  std::vector<uint16_t> bits(static_cast<size_t>(rows * cuda::padded(columns)), 0);
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t i = 0; i < columns; ++i) {
      bits[static_cast<size_t>(r * cuda::padded(columns) + i)] =
          f32_to_f16(floats[static_cast<size_t>(r * columns + i)]);
    }
  }
  return bits;
}

}  // namespace ebb::test
