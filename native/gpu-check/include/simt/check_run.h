// On a device, what simt/check_run.h is on the emulator, so that the kernels' tests run unchanged.
// A schedule is whatever the device does; a test's body runs three times, to the same bits.
// Traffic is counted on the emulator alone: here every count is ideal.
#ifndef EBB_GPU_CHECK_RUN_H
#define EBB_GPU_CHECK_RUN_H

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "check.h"
#include "cuda/device.h"

namespace simt {

enum class Schedule { kInOrder, kReverse, kRandom };

struct Options {
  Schedule schedule = Schedule::kInOrder;
  uint64_t seed = 1;
};

struct Traffic {
  uint64_t bytes = 0;
  double over_ideal() const { return 1; }
};

struct Counters {
  Traffic global_read, global_write, shared_read, shared_write;
  uint64_t cp_async = 0;
};

struct Findings {
  bool empty() const { return true; }
};

struct Machine {
  static Machine &get() {
    static Machine machine;
    return machine;
  }
  void reset(const Options &) {}
  Findings findings;
  Counters counters;
};

template <typename T>
class Buffer {
 public:
  Buffer(const std::string &name, size_t count)
      : count_(count), data_(static_cast<T *>(ebb::cuda::device_allocate(count * sizeof(T), name.c_str()))) {
    // What a kernel leaves out shall be seen, as on the emulator.
    put(std::vector<uint8_t>(count * sizeof(T), 0xFF).data());
  }
  Buffer(const std::string &name, const std::vector<T> &values) : Buffer(name, values.size()) { put(values.data()); }
  ~Buffer() { ebb::cuda::device_release(data_); }
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;

  T *data() const { return data_; }
  size_t size() const { return count_; }
  std::vector<T> read() const {
    std::vector<T> values(count_);
    ebb::cuda::download(values.data(), data_, count_ * sizeof(T), nullptr);
    ebb::cuda::synchronize(nullptr);
    return values;
  }

 private:
  void put(const void *from) {
    if (count_ == 0) return;
    ebb::cuda::upload(data_, from, count_ * sizeof(T), nullptr);
    ebb::cuda::synchronize(nullptr);
  }

  size_t count_;
  T *data_;
};

inline void in_every_schedule(const std::function<void()> &body) {
  body();
  ebb::cuda::synchronize(nullptr);
}

template <typename T>
std::vector<T> same_in_every_schedule(const std::function<std::vector<T>()> &body) {
  const std::vector<T> first = body();
  for (int round = 0; round < 2; ++round) {
    if (std::memcmp(first.data(), body().data(), first.size() * sizeof(T)) != 0) {
      ebb::test::fail("the device", 0, "results differ from run to run");
    }
  }
  return first;
}

}  // namespace simt

#endif  // EBB_GPU_CHECK_RUN_H
