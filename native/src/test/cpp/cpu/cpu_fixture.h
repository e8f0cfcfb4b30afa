// Random matrices of every storage type, for tests of the cpu backend's kernels.
#ifndef EBB_TEST_CPU_FIXTURE_H
#define EBB_TEST_CPU_FIXTURE_H

#include <vector>

#include "core/model.h"
#include "cpu/activation_tiles.h"
#include "cpu/features.h"
#include "cpu/pack.h"

namespace ebb::test {

// A matrix of random codes with steps of reasonable size, owning its bytes.
class RandomMatrix {
 public:
  RandomMatrix(ebb_type type, int64_t rows, int64_t cols, uint32_t seed);

  const Tensor &tensor() const { return tensor_; }

 private:
  std::vector<uint8_t> bytes_;
  Tensor tensor_;
};

constexpr ebb_type kAllTypes[] = {EBB_TYPE_Q4_0, EBB_TYPE_Q4_1, EBB_TYPE_Q5_0, EBB_TYPE_Q5_1,
                                  EBB_TYPE_Q8_0, EBB_TYPE_Q4_K, EBB_TYPE_Q5_K, EBB_TYPE_Q6_K,
                                  EBB_TYPE_F32,  EBB_TYPE_F16,  EBB_TYPE_BF16};

// A packed copy of a tensor.
class Packed {
 public:
  explicit Packed(const Tensor &tensor);
  const cpu::PackedMatrix &matrix() const { return matrix_; }

 private:
  std::vector<uint8_t> bytes_;
  cpu::PackedMatrix matrix_;
};

// [tokens][rows] = x [tokens][cols] times the matrix.
std::vector<float> multiply(const cpu::Kernels &kernels, const cpu::PackedMatrix &matrix,
                            const std::vector<float> &x, int64_t tokens);

}  // namespace ebb::test

#endif  // EBB_TEST_CPU_FIXTURE_H
