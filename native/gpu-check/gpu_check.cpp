#include "gpu_check.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "child.h"
#include "core/error.h"
#include "kernel_figures.h"
#include "stopwatch.h"

namespace ebb::gpu_check {
namespace {

void tell(const std::string &line) {
  std::printf("  %s\n", line.c_str());
  std::fflush(stdout);
}

bool takes(const std::string &name, const std::vector<std::string> &parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](const std::string &part) { return name.find(part) != std::string::npos; });
}

// Whole or not at all; whether it could be.
bool write(const std::string &path, const std::string &text) {
  const std::string part = path + ".part";
  std::ofstream file(part);
  file << text;
  file.close();
  return file && std::rename(part.c_str(), path.c_str()) == 0;
}

}  // namespace

std::vector<std::string> sanitized_tests(const std::string &tool, const std::vector<std::string> &tests) {
  // One test of every kernel at least, those with small shapes. Races are looked for in shared memory alone.
  std::vector<std::string> parts = {"takes_groups_and_head_sizes", "hand_off", "matmul_adds_bias", "sampling",
                                    "penalties", "rms_norm", "llama_equals_reference"};
  if (tool == "memcheck") {
    parts.insert(parts.end(), {"rope", "swiglu", "embedding", "blocks", "ragged_columns", "once_a_shape"});
  }
  std::vector<std::string> chosen;
  for (const std::string &name : tests) {
    if (takes(name, parts) && !takes(name, {"all_shapes", "shapes_of", "true_shape"})) chosen.push_back(name);
  }
  return chosen;
}

bool counts_traffic(const std::string &test) {
  return takes(test, {"matmul_reads_weights_once", "rms_norm_moves_whole_sectors", "sampling_reads_a_row_once"});
}

Check::Check(const Programs &programs, std::vector<std::string> tests, int processes)
    : programs_(programs), tests_(std::move(tests)), processes_(processes) {}

void Check::run(const std::vector<Stage> &plan, double seconds, const std::function<void()> &after) {
  const auto begin = std::chrono::steady_clock::now();
  const auto passed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  std::vector<Stage> kept = plan;  // what cannot run needs no time
  for (Stage &stage : kept) stage.reserved = stage.reserved && lacks(stage).empty();
  for (size_t i = 0; i < plan.size(); ++i) {
    const std::string why = lacks(plan[i]);
    const double allowed = why.empty() ? allowance(kept, i, seconds - passed()) : 0;
    std::printf("%s\n", plan[i].name.c_str());
    const double before = passed();
    Outcome outcome = allowed > 0    ? run_stage(plan[i], allowed)
                      : why.empty() ? Outcome{"", State::kLeftOut, "the check's time does not reach for it", 0}
                                    : Outcome{"", State::kLeftOut, why, 0};
    outcome.name = plan[i].name;
    outcome.seconds = passed() - before;
    tell(std::string(state_name(outcome.state)) + ": " + outcome.text);
    report_.outcomes.push_back(outcome);
    report_.seconds = passed();
    after();
  }
}

std::string Check::lacks(const Stage &stage) const {
  if ((stage.name == "memcheck" || stage.name == "racecheck") && programs_.compute_sanitizer.empty()) {
    return "no compute-sanitizer is here";
  }
  if (stage.name == "torch" && programs_.python.empty()) return "no python3 is here";
  const bool no_java = stage.name == "java" && programs_.java_script.empty();
  return no_java ? "this build has no library for Java, or this machine no Maven" : "";
}

Outcome Check::run_stage(const Stage &stage, double seconds) {
  constexpr double kTestSeconds = 75;
  if (stage.name == "tests") return run_tests(programs_.self, tests_, processes_, {seconds, kTestSeconds}, tell);
  if (stage.name == "memcheck" || stage.name == "racecheck") return run_sanitizer(stage.name, seconds);
  if (stage.name == "torch") return run_torch(seconds);
  if (stage.name == "java") return run_java(seconds);
  return stage.required ? run_figures({stage.name}, seconds) : run_model(stage, seconds);
}

// Where attention by wgmma, which only sm_90 has, is what fails, the rest of a model can be measured without it, as
// EBB_CUDA_WGMMA=off has it.
Outcome Check::run_model(const Stage &stage, double seconds) {
  constexpr double kFirst = 0.65;
  if (report_.device.find("sm_90") == std::string::npos) return run_figures({stage.name}, seconds);
  const auto begin = std::chrono::steady_clock::now();
  Outcome outcome = run_figures({stage.name}, kFirst * seconds);
  if (outcome.state != State::kBad) return outcome;
  const double passed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const Outcome plain = run_figures({stage.name, "plain"}, seconds - passed);
  outcome.text += "; without wgmma: " + plain.text;
  return outcome;
}

// What came before a stage ended badly counts; that it did is said.
Outcome Check::run_figures(const std::vector<std::string> &figures, double seconds) {
  int count = 0;
  std::string first, last;
  std::vector<std::string> command = {programs_.self, "figures"};
  command.insert(command.end(), figures.begin(), figures.end());
  const ChildEnd end = run_child(command, "", {seconds}, [&](const std::string &line) {
    if (const auto figure = figure_of(line)) {
      report_.figures.push_back(*figure);
      ++count;
      return;
    }
    tell(line);
    last = line;
    if (first.empty()) first = line;
  });
  const std::string text = std::to_string(count) + " figures";
  if (end.how != Ending::kItself) return {"", State::kBad, text + "; the time was up", 0};
  if (end.status == 3) return {"", State::kLeftOut, last, 0};
  if (end.status == 0 && count > 0) return {"", State::kGood, first.empty() ? text : text + "; " + first, 0};
  return {"", State::kBad, text + "; it ended with status " + std::to_string(end.status) + ": " + last, 0};
}

// A tool that the time ends in the midst of has found nothing in the tests before.
Outcome Check::run_sanitizer(const std::string &tool, double seconds) {
  const std::vector<std::string> chosen = sanitized_tests(tool, tests_);
  constexpr int kFound = 86;
  // Calls that may fail, such as pinning a page twice, are the backend's to judge; kernels that fail are the tests'.
  std::vector<std::string> command = {programs_.compute_sanitizer, "--tool", tool, "--report-api-errors", "no",
                                      "--error-exitcode", std::to_string(kFound), programs_.self, "tests"};
  for (const std::string &name : chosen) command.push_back("=" + name);
  Tally tally;
  int errors = 0;
  bool supported = true;
  const ChildEnd end = run_child(command, "", {seconds}, [&](const std::string &line) {
    tally.take(line);
    if (line.find("Device not supported") != std::string::npos) supported = false;
    if (line.find("========= Error") == 0 || line.find("========= Invalid") == 0) ++errors;
    if (line.find("ok   ") != 0 && line.find("at   ") != 0 && errors < 50) tell(line);
  });
  if (!supported) return {"", State::kLeftOut, "compute-sanitizer does not support the device on this machine", 0};
  const bool time_up = end.how != Ending::kItself;
  if (!time_up) tally.end(end);
  std::string text = tally.text(chosen.size());
  if (errors > 0) text += "; " + std::to_string(errors) + " findings of " + tool;
  if (time_up) text += "; the time was up";
  if (!time_up && end.status != 0) text += "; status " + std::to_string(end.status);
  const bool found = !tally.failed().empty() || errors > 0 || (!time_up && end.status != 0);
  if (!found && tally.ran() == 0 && time_up) return {"", State::kLeftOut, text, 0};
  return {"", found || tally.ran() == 0 ? State::kBad : State::kGood, text, 0, tally.failed()};
}

// Figures beside ours; no verdict on us.
Outcome Check::run_torch(double seconds) {
  std::string last;
  const ChildEnd end = run_child({programs_.python, programs_.torch_script}, torch_list(), {seconds},
                                 [&](const std::string &line) {
    const size_t tab = line.rfind('\t');
    if (line.compare(0, 6, "torch\t") == 0 && tab > 6) {
      report_.torch[line.substr(6, tab - 6)] = std::strtod(line.c_str() + tab + 1, nullptr);
      return;
    }
    tell(line);
    last = line;
  });
  const std::string text = std::to_string(report_.torch.size()) + " figures; " + last;
  if (report_.torch.empty() || end.status == 3) return {"", State::kLeftOut, last, 0};
  return {"", State::kGood, text + (end.how == Ending::kItself ? "" : "; the time was up"), 0};
}

Outcome Check::run_java(double seconds) {
  std::string last;
  const ChildEnd end = run_child({programs_.java_script}, "", {seconds}, [&](const std::string &line) {
    tell(line);
    last = line;
  });
  if (end.how != Ending::kItself) return {"", State::kLeftOut, "the time was up", 0};
  if (end.status == 3) return {"", State::kLeftOut, last, 0};
  return {"", end.status == 0 ? State::kGood : State::kBad, last, 0};
}

// What a figure depends on, and what its reader will want to know.
void note_machine(const Programs &programs, const char *when, Report &report) {
  if (programs.nvidia_smi.empty()) return;
  constexpr double kSmiSeconds = 10;
  const std::string fields =
      "driver_version,clocks.sm,clocks.mem,temperature.gpu,power.draw,clocks_throttle_reasons.active";
  run_child({programs.nvidia_smi, "--query-gpu=" + fields, "--format=csv,noheader"}, "", {kSmiSeconds},
            [&](const std::string &line) {
              report.machine.push_back(std::string(when) + ": driver, clocks, temperature, power, throttling: " + line);
            });
}

int check_device(const std::function<std::string()> &describe, Check &check, const std::vector<Stage> &plan,
                 const Budget &budget) {
  Report &report = check.report();
  try {
    report.device = describe();
  } catch (const Error &error) {
    if (error.status() != EBB_UNSUPPORTED) throw;
    std::printf("%s\nNothing was checked: this needs an NVIDIA GPU of sm_80 or newer and its driver.\n", error.what());
    return 3;
  }
  std::printf("%s\n", report.device.c_str());
  bool written = true;
  const auto save = [&] { written = write(budget.json_path, json_of(report)); };
  report.machine.push_back(compiler());
  note_machine(check.programs(), "before", report);
  check.run(plan, budget.seconds, save);
  note_machine(check.programs(), "after", report);
  save();
  std::printf("\n%s\n%s %s\n", table_of(report).c_str(), budget.json_path.c_str(),
              written ? "has all of it" : "could not be written");
  std::vector<std::string> required;
  for (const Stage &stage : plan) {
    if (stage.required) required.push_back(stage.name);
  }
  return written ? report.exit_status(required) : 1;
}

}  // namespace ebb::gpu_check
