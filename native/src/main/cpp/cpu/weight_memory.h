// One stretch of memory for all packed weights.
#ifndef EBB_CPU_WEIGHT_MEMORY_H
#define EBB_CPU_WEIGHT_MEMORY_H

#include <cstddef>
#include <cstdint>

namespace ebb::cpu {

// Anonymous memory, in huge pages where the system gives them: a decode step
// reads every weight once, and 4 KiB pages would cost it a walk for each.
class WeightMemory {
 public:
  WeightMemory() = default;
  explicit WeightMemory(size_t bytes);  // throws std::bad_alloc
  ~WeightMemory();
  WeightMemory(WeightMemory &&other) noexcept;
  WeightMemory &operator=(WeightMemory &&other) noexcept;

  uint8_t *data() const { return data_; }
  size_t bytes() const { return bytes_; }

 private:
  uint8_t *data_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace ebb::cpu

#endif  // EBB_CPU_WEIGHT_MEMORY_H
