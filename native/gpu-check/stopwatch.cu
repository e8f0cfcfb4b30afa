#include "stopwatch.h"

#include <algorithm>
#include <vector>

#include "cuda/check.cuh"
#include "cuda/device.h"

namespace ebb::gpu_check {
namespace {

using cuda::check;

class Event {
 public:
  Event() { check(cudaEventCreate(&event_), "an event"); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event &) = delete;
  Event &operator=(const Event &) = delete;
  cudaEvent_t get() const { return event_; }
  void record() { check(cudaEventRecord(event_), "an event"); }

 private:
  cudaEvent_t event_;
};

double seconds_of_round(const std::function<void()> &work, int count) {
  Event begin, end;
  begin.record();
  for (int i = 0; i < count; ++i) work();
  end.record();
  check(cudaEventSynchronize(end.get()), "a round");
  float milliseconds = 0;
  check(cudaEventElapsedTime(&milliseconds, begin.get(), end.get()), "a round");
  return milliseconds / 1e3 / count;
}

}  // namespace

// Rounds of about 20 ms: long beside the start of a kernel, short beside the check.
double seconds_of(const std::function<void()> &work) {
  seconds_of_round(work, 2);
  const double one = std::max(seconds_of_round(work, 3), 1e-7);
  const int count = std::clamp(static_cast<int>(0.02 / one), 2, 2000);
  std::vector<double> rounds;
  for (int i = 0; i < 7; ++i) rounds.push_back(seconds_of_round(work, count));
  std::sort(rounds.begin(), rounds.end());
  return rounds[rounds.size() / 2];
}

double copied_bytes_per_second(size_t bytes) {
  cuda::DeviceArray<uint8_t> from("copy"), to("copy");
  check(cudaMemset(from.reserve(bytes), 0x5A, bytes), "cudaMemset");
  to.reserve(bytes);
  const double seconds = seconds_of([&] {
    check(cudaMemcpyAsync(to.data(), from.data(), bytes, cudaMemcpyDeviceToDevice, nullptr), "a copy");
  });
  return 2 * static_cast<double>(bytes) / seconds;
}

int multiprocessors() {
  int count = 0;
  check(cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, 0), "the device's multiprocessors");
  return count;
}

}  // namespace ebb::gpu_check
