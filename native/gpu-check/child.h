// A process of its own for each stage: it may hang, crash or lose the device, and the check goes on.
#ifndef EBB_GPU_CHECK_CHILD_H
#define EBB_GPU_CHECK_CHILD_H

#include <functional>
#include <string>
#include <vector>

namespace ebb::gpu_check {

struct ChildEnd {
  int status;      // its exit status; 128 + the signal that ended it; 127 where it could not be started
  bool timed_out;  // it was ended, with all that it started
  double seconds;
};

// Runs a program found on the PATH, gives it `input` (64 KiB at most), and calls `on_line` for each line that it writes
// to its output or its errors.
ChildEnd run_child(const std::vector<std::string> &command, const std::string &input, double limit_seconds,
                   const std::function<void(const std::string &)> &on_line);

}  // namespace ebb::gpu_check

#endif  // EBB_GPU_CHECK_CHILD_H
