// Starting a kernel on a stream, the same words on a device and in the emulator.
#ifndef EBB_CUDA_LAUNCH_CUH
#define EBB_CUDA_LAUNCH_CUH

#include <cstddef>
#include <cstdint>
#include <tuple>

#include "cuda/ops.h"

namespace ebb::cuda {

// CTAs and threads of a launch; `x` varies fastest.
struct Shape {
  unsigned ctas_x;
  unsigned ctas_y;
  unsigned ctas_z;
  unsigned threads;
  size_t dynamic_shared_bytes = 0;
};

inline unsigned ceil_div(int64_t value, int64_t by) { return static_cast<unsigned>((value + by - 1) / by); }

}  // namespace ebb::cuda

#if defined(EBB_SIMT)
#include "simt/capture.h"
#include "simt/machine.h"

namespace ebb::cuda {

template <typename... Parameters, typename... Arguments>
void launch_named(const char *name, void (*kernel)(Parameters...), const Shape &shape, Stream stream,
                  const Arguments &...arguments) {
  // By value, as a device takes them: the launch may run when the caller is gone.
  const std::tuple<Parameters...> values(arguments...);
  const auto run = [=] {
    simt::Machine::get().launch({{shape.ctas_x, shape.ctas_y, shape.ctas_z},
                                 {shape.threads, 1, 1},
                                 shape.dynamic_shared_bytes,
                                 name},
                                [&] { std::apply(kernel, values); });
  };
  simt::Captures::get().give(stream, {name, &values, sizeof(values), run});
}

}  // namespace ebb::cuda

#else
#include "cuda/check.cuh"

namespace ebb::cuda {

template <typename... Parameters, typename... Arguments>
void launch_named(const char *name, void (*kernel)(Parameters...), const Shape &shape, Stream stream,
                  const Arguments &...arguments) {
  if (shape.dynamic_shared_bytes > 48 * 1024) {
    check(cudaFuncSetAttribute(reinterpret_cast<const void *>(kernel),
                               cudaFuncAttributeMaxDynamicSharedMemorySize,
                               static_cast<int>(shape.dynamic_shared_bytes)),
          name);
  }
  kernel<<<dim3(shape.ctas_x, shape.ctas_y, shape.ctas_z), shape.threads, shape.dynamic_shared_bytes,
           reinterpret_cast<cudaStream_t>(stream)>>>(Parameters(arguments)...);
  check(cudaGetLastError(), name);
}

}  // namespace ebb::cuda

#endif

// kernel(arguments) on `stream`; the kernel's name goes into messages.
#define EBB_LAUNCH(kernel, shape, stream, ...) \
  ::ebb::cuda::launch_named(#kernel, (kernel), shape, stream, __VA_ARGS__)

#endif  // EBB_CUDA_LAUNCH_CUH
