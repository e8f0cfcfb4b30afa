#include "rates.h"

#include <cstdio>

#include "cuda/device.h"
#include "stopwatch.h"
#include "tensor_loop.h"

namespace ebb::gpu_check {
namespace {

Figure tensor_figure(const std::string &how, double operations_per_second) {
  return {std::string(kTensor) + ", " + how, operations_per_second / 1e12, "TFLOP/s", "", operations_per_second};
}

double loop_rate(TensorLoop loop, int threads, double operations,
                 const std::function<void(const TensorLoop &, cuda::Stream)> &start) {
  cuda::DeviceArray<float> out("sums");
  loop.out = out.reserve(static_cast<size_t>(loop.ctas) * static_cast<size_t>(threads));
  return operations * loop.rounds * loop.ctas / seconds_of([&](cuda::Stream stream) { start(loop, stream); });
}

void product_figure(int32_t side, const Print &print) {
  std::string why;
  const double seconds = cublaslt_seconds(side, why);
  if (seconds > 0) {
    print(tensor_figure("cuBLASLt BF16 " + std::to_string(side), 2.0 * side * side * side / seconds));
  } else {
    std::printf("cuBLASLt was not measured: %s\n", why.c_str());
  }
}

}  // namespace

void rate_figures(const RateWork &work, const Print &print) {
  const double copy = copied_bytes_per_second(work.copied_bytes);
  print({kCopy, copy / 1e9, "GB/s", "", copy});
  const TensorLoop loop{4 * multiprocessors(), work.rounds, nullptr};
  print(tensor_figure("mma.sync in a loop", loop_rate(loop, kMmaLoopThreads, kMmaLoopOperations, mma_loop)));
  if (cuda::device_is_sm90()) {
    print(tensor_figure("wgmma in a loop", loop_rate(loop, kWgmmaLoopThreads, kWgmmaLoopOperations, wgmma_loop)));
  }
  if (work.product_side > 0) product_figure(work.product_side, print);
}

}  // namespace ebb::gpu_check
