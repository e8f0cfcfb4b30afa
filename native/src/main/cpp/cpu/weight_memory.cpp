#include "cpu/weight_memory.h"

#include <sys/mman.h>

#include <new>
#include <utility>

namespace ebb::cpu {

WeightMemory::WeightMemory(size_t bytes) : bytes_(bytes) {
  if (bytes == 0) return;
  void *mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<uint8_t *>(mapped);
#ifdef MADV_HUGEPAGE
  madvise(mapped, bytes, MADV_HUGEPAGE);  // Advice only: without it everything still works.
#endif
}

WeightMemory::~WeightMemory() {
  if (data_ != nullptr) munmap(data_, bytes_);
}

WeightMemory::WeightMemory(WeightMemory &&other) noexcept
    : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

WeightMemory &WeightMemory::operator=(WeightMemory &&other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

}  // namespace ebb::cpu
