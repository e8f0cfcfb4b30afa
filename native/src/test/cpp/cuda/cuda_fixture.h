// Tensors and matrices for the tests of the CUDA kernels.
#ifndef EBB_TEST_CUDA_FIXTURE_H
#define EBB_TEST_CUDA_FIXTURE_H

#include <memory>
#include <vector>

#include "core/model.h"
#include "cuda/matrix_pack.h"
#include "simt/check_run.h"

namespace ebb::test {

// A random stored matrix: its bytes and the view of them.
class StoredMatrix {
 public:
  StoredMatrix(ebb_type type, int64_t rows, int64_t columns, uint32_t seed);
  const Tensor &tensor() const { return tensor_; }

 private:
  std::vector<uint8_t> bytes_;
  Tensor tensor_;
};

// The same packed, on the emulated device.
class DeviceMatrix {
 public:
  explicit DeviceMatrix(const Tensor &tensor);
  const cuda::Matrix &get() const { return matrix_; }

 private:
  cuda::Matrix matrix_;
  std::unique_ptr<simt::Buffer<uint8_t>> codes_;
  std::unique_ptr<simt::Buffer<float>> steps_, minima_;
};

// Rows of F16, `columns` random ones each, zeros up to the stride.
std::vector<uint16_t> random_half_rows(int64_t rows, int64_t columns, uint32_t seed);

}  // namespace ebb::test

#endif  // EBB_TEST_CUDA_FIXTURE_H
