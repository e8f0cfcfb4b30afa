// How long work takes on the device, and what the device is; the emulator's tests have their own, which runs the work
// and has no seconds.
#ifndef EBB_GPU_CHECK_STOPWATCH_H
#define EBB_GPU_CHECK_STOPWATCH_H

#include <cstddef>
#include <functional>
#include <string>

#include "cuda/device.h"

namespace ebb::gpu_check {

// Median seconds of `work`, which gives the stream kernels; called many times. Short work is measured as a CUDA graph
// of many, so that it is the device's time and not that of starting it; where no graph can be made that is said.
double seconds_of(const std::function<void(cuda::Stream)> &work);

// What compiled this program's kernels.
std::string compiler();

// Bytes read and written a second by copies within the device's memory.
double copied_bytes_per_second(size_t bytes);

int multiprocessors();

}  // namespace ebb::gpu_check

#endif  // EBB_GPU_CHECK_STOPWATCH_H
