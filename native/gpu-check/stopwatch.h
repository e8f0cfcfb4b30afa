// How long work takes on the device, and what the device is; the emulator's tests have their own, which runs the work
// and has no seconds.
#ifndef EBB_GPU_CHECK_STOPWATCH_H
#define EBB_GPU_CHECK_STOPWATCH_H

#include <cstddef>
#include <functional>

namespace ebb::gpu_check {

// Median seconds of `work`, which starts kernels on the default stream; called many times.
double seconds_of(const std::function<void()> &work);

// Bytes read and written a second by copies within the device's memory.
double copied_bytes_per_second(size_t bytes);

int multiprocessors();

}  // namespace ebb::gpu_check

#endif  // EBB_GPU_CHECK_STOPWATCH_H
