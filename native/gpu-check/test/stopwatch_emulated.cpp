// The emulator has no time: work is done once, and must be free of faults.
#include "check.h"
#include "simt/check_run.h"
#include "stopwatch.h"

namespace ebb::gpu_check {

double seconds_of(const std::function<void(cuda::Stream)> &work) {
  simt::Machine::get().reset({});
  work(nullptr);
  work(nullptr);  // the next copy of what it reads
  if (!simt::Machine::get().findings.empty()) test::fail("the emulator", 0, simt::Machine::get().findings.text());
  return 0.5;
}

double copied_bytes_per_second(size_t bytes) { return static_cast<double>(bytes); }

int multiprocessors() { return 1; }

std::string compiler() { return "the emulator"; }

}  // namespace ebb::gpu_check
