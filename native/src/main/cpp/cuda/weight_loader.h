// Weights from the mapped file to the device: packed by several threads into one of two buffers while the other's
// content is on its way.
#ifndef EBB_CUDA_WEIGHT_LOADER_H
#define EBB_CUDA_WEIGHT_LOADER_H

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "core/model.h"
#include "core/task_pool.h"
#include "cuda/device.h"
#include "cuda/matrix_pack.h"

namespace ebb::cuda {

class WeightLoader {
 public:
  // A buffer of 32 MiB is long enough that its copy's start does not count.
  explicit WeightLoader(int threads, size_t buffer_bytes = size_t{32} << 20);
  // After a failure copies may still be under way out of the buffers.
  ~WeightLoader();

  // The matrix, whose arrays are the three from now on.
  Matrix load(const Tensor &tensor, DeviceArray<uint8_t> &codes, DeviceArray<float> &steps, DeviceArray<float> &minima);
  // A vector as floats.
  void load(const Tensor &tensor, DeviceArray<float> &floats);
  // Returns when all is on the device: what was loaded, and how fast, in words.
  std::string finish();

 private:
  struct Buffer {
    std::vector<uint8_t> bytes;
    Pinned pinned;
    OwnStream stream;
  };
  // The next buffer, free to be filled, with at least so many bytes.
  Buffer &next(size_t bytes);

  TaskPool pool_;
  size_t buffer_bytes_;
  Buffer buffers_[2];
  int turn_ = 0;
  std::string unpinned_;  // why, where a buffer is not pinned
  uint64_t read_ = 0;     // bytes of the file
  uint64_t sent_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace ebb::cuda

#endif  // EBB_CUDA_WEIGHT_LOADER_H
