// The whole check: stages as processes of their own, then one table and one JSON file.
#ifndef EBB_GPU_CHECK_H
#define EBB_GPU_CHECK_H

#include <functional>
#include <string>
#include <vector>

#include "plan.h"
#include "report.h"
#include "test_run.h"

namespace ebb::gpu_check {

// What the check starts. Empty: this machine has none.
struct Programs {
  std::string self;              // gpu_check itself, whose stages are `tests` and `figures`
  std::string compute_sanitizer;
  std::string python;
  std::string torch_script;
  std::string java_script;       // java.sh
  std::string nvidia_smi;
};

// The check's time, and where its findings go.
struct Budget {
  double seconds;
  std::string json_path;
};

class Check {
 public:
  // `tests` are the names of all tests, `processes` how many run beside one another.
  Check(const Programs &programs, std::vector<std::string> tests, int processes);

  // Runs the stages within `seconds`, telling each line as it comes, and `after` each.
  void run(const std::vector<Stage> &plan, double seconds, const std::function<void()> &after = [] {});
  Report &report() { return report_; }
  const Programs &programs() const { return programs_; }

 private:
  // Why a stage cannot run here; empty where it can.
  std::string lacks(const Stage &stage) const;
  Outcome run_stage(const Stage &stage, double seconds);
  Outcome run_model(const Stage &stage, double seconds);
  // What follows `figures` on the program's command line.
  Outcome run_figures(const std::vector<std::string> &figures, double seconds);
  Outcome run_sanitizer(const std::string &tool, double seconds);
  Outcome run_torch(double seconds);
  Outcome run_java(double seconds);

  Programs programs_;
  std::vector<std::string> tests_;
  int processes_;
  Report report_;
};

// The tests that run under a tool of compute-sanitizer, which makes kernels up to a hundred times slower.
std::vector<std::string> sanitized_tests(const std::string &tool, const std::vector<std::string> &tests);

// Whether a test looks at nothing but the emulator's counts, which a device does not have.
bool counts_traffic(const std::string &test);

// `describe` describes the device, or throws Error(EBB_UNSUPPORTED) where there is none: then 3, else the check's exit
// status. What is found is written after each stage, so that it is there even where the check is ended.
int check_device(const std::function<std::string()> &describe, Check &check, const std::vector<Stage> &plan,
                 const Budget &budget);

}  // namespace ebb::gpu_check

#endif  // EBB_GPU_CHECK_H
