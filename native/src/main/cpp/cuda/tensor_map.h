// How bulk copies see a matrix in device memory; made by tensor_rows (device.h).
#ifndef EBB_CUDA_TENSOR_MAP_H
#define EBB_CUDA_TENSOR_MAP_H

#include <cstdint>

namespace ebb::cuda {

// Columns of F16 that one bulk copy takes: a row of 128 bytes in shared memory.
constexpr int32_t kPanelColumns = 64;

// As the driver encodes it (CUtensorMap); the emulator keeps a description of its own in it.
struct alignas(64) TensorMap {
  uint64_t words[16];
};

}  // namespace ebb::cuda

#endif  // EBB_CUDA_TENSOR_MAP_H
