// A process of its own for each stage: it may hang, crash or lose the device, and the check goes on.
#ifndef EBB_GPU_CHECK_CHILD_H
#define EBB_GPU_CHECK_CHILD_H

#include <functional>
#include <string>
#include <vector>

namespace ebb::gpu_check {

// How a child ended: by itself, or killed with all that it started.
enum class Ending { kItself, kTimeUp, kSilent };

struct ChildEnd {
  int status;  // its exit status; 128 + the signal that ended it; 127 where it could not be started
  Ending how;
  double seconds;
};

struct ChildLimits {
  double seconds;
  double silence = 1e9;  // seconds without a line after which it hangs
};

// Runs a program found on the PATH, gives it `input` (64 KiB at most), and calls `on_line` for each line that it writes
// to its output or its errors. One that a kill does not end, as in a driver that hangs, is left behind.
ChildEnd run_child(const std::vector<std::string> &command, const std::string &input, const ChildLimits &limits,
                   const std::function<void(const std::string &)> &on_line);

}  // namespace ebb::gpu_check

#endif  // EBB_GPU_CHECK_CHILD_H
