#include "stopwatch.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <vector>

#include "core/error.h"
#include "cuda/check.cuh"

namespace ebb::gpu_check {
namespace {

using cuda::check;

constexpr double kRoundSeconds = 0.02;  // long beside the start of a kernel, short beside the check
constexpr double kShort = 100e-6;       // below which starting a kernel may take as long as its work
constexpr int kGraphWorks = 64;

cudaStream_t runtime(cuda::Stream stream) { return reinterpret_cast<cudaStream_t>(stream); }

class Event {
 public:
  Event() { check(cudaEventCreate(&event_), "an event"); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event &) = delete;
  Event &operator=(const Event &) = delete;
  cudaEvent_t get() const { return event_; }
  void record(cuda::Stream stream) { check(cudaEventRecord(event_, runtime(stream)), "an event"); }

 private:
  cudaEvent_t event_;
};

double seconds_of_round(cuda::Stream stream, const std::function<void(cuda::Stream)> &work, int count) {
  Event begin, end;
  begin.record(stream);
  for (int i = 0; i < count; ++i) work(stream);
  end.record(stream);
  check(cudaEventSynchronize(end.get()), "a round");
  float milliseconds = 0;
  check(cudaEventElapsedTime(&milliseconds, begin.get(), end.get()), "a round");
  return milliseconds / 1e3 / count;
}

double median_round(cuda::Stream stream, const std::function<void(cuda::Stream)> &work, double one) {
  const int count = std::clamp(static_cast<int>(kRoundSeconds / std::max(one, 1e-7)), 2, 2000);
  std::vector<double> rounds;
  for (int i = 0; i < 7; ++i) rounds.push_back(seconds_of_round(stream, work, count));
  std::sort(rounds.begin(), rounds.end());
  return rounds[rounds.size() / 2];
}

// None where the driver makes no such graph.
std::optional<cuda::OwnGraph> graph_of(cuda::Stream stream, const std::function<void(cuda::Stream)> &work) {
  try {
    return cuda::captured(stream, [&] {
      for (int i = 0; i < kGraphWorks; ++i) work(stream);
    });
  } catch (const Error &error) {
    if (error.status() == EBB_DEVICE_LOST) throw;
    std::printf("the next figure counts the starts of its kernels too: %s\n", error.what());
    return std::nullopt;
  }
}

}  // namespace

double seconds_of(const std::function<void(cuda::Stream)> &work) {
  cuda::synchronize(nullptr);  // what the work reads was put there by the default stream
  const cuda::OwnStream stream;
  seconds_of_round(stream.get(), work, 2);
  const double one = seconds_of_round(stream.get(), work, 3);
  if (one < kShort) {
    if (const auto graph = graph_of(stream.get(), work)) {
      const auto launch = [&](cuda::Stream on) { cuda::graph_launch(graph->get(), on); };
      seconds_of_round(stream.get(), launch, 1);
      return median_round(stream.get(), launch, one * kGraphWorks) / kGraphWorks;
    }
  }
  return median_round(stream.get(), work, one);
}

double copied_bytes_per_second(size_t bytes) {
  cuda::DeviceArray<uint8_t> from("copy"), to("copy");
  check(cudaMemset(from.reserve(bytes), 0x5A, bytes), "cudaMemset");
  to.reserve(bytes);
  const double seconds = seconds_of([&](cuda::Stream stream) {
    check(cudaMemcpyAsync(to.data(), from.data(), bytes, cudaMemcpyDeviceToDevice, runtime(stream)), "a copy");
  });
  return 2 * static_cast<double>(bytes) / seconds;
}

int multiprocessors() {
  int count = 0;
  check(cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, 0), "the device's multiprocessors");
  return count;
}

std::string compiler() {
  return "nvcc " + std::to_string(__CUDACC_VER_MAJOR__) + "." + std::to_string(__CUDACC_VER_MINOR__) + "." +
         std::to_string(__CUDACC_VER_BUILD__);
}

}  // namespace ebb::gpu_check
