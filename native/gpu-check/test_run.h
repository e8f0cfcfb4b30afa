// The backend's tests in processes of their own: one that hangs, crashes or loses the device costs its own test, and
// the rest go on in another.
#ifndef EBB_GPU_CHECK_TEST_RUN_H
#define EBB_GPU_CHECK_TEST_RUN_H

#include <functional>
#include <string>
#include <vector>

#include "child.h"
#include "report.h"

namespace ebb::gpu_check {

using Tell = std::function<void(const std::string &)>;

// What processes of tests printed, added up.
class Tally {
 public:
  // A line of src/test/cpp/main.cpp's.
  void take(const std::string &line);
  // A process ended: the test that it was at, if any, failed by that.
  void end(const ChildEnd &end);
  void add(const Tally &other);

  int ran() const { return ran_; }
  const std::vector<std::string> &failed() const { return failed_; }
  // Names of tests that have ended, well or not.
  const std::vector<std::string> &ended() const { return ended_; }
  std::string text(size_t wanted) const;

 private:
  void failed(const std::string &name, const std::string &why);

  int ran_ = 0;
  std::string at_;                   // the test that runs
  std::string why_;                  // what it said first
  std::vector<std::string> failed_;  // with why
  std::vector<std::string> ended_;
};

// Limits of a run of tests, in seconds.
struct TestLimits {
  double all;
  double silence;  // of a test, its double reference on the host counted
};

// Runs the tests of `self` in `processes` at once: the host's part of a test takes most of its time.
Outcome run_tests(const std::string &self, const std::vector<std::string> &tests, int processes,
                  const TestLimits &limits, const Tell &tell);

}  // namespace ebb::gpu_check

#endif  // EBB_GPU_CHECK_TEST_RUN_H
