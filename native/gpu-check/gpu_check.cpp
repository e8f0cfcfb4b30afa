#include "gpu_check.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <thread>

#include "child.h"
#include "core/error.h"
#include "kernel_figures.h"

namespace ebb::gpu_check {
namespace {

// Tests of one process or of several: what they printed, added up.
struct Tally {
  int ran = 0;
  std::vector<std::string> failed;
  std::string trouble;  // a process that did not end as it should

  void take(const std::string &line) {
    if (line.compare(0, 5, "ok   ") == 0) ++ran;
    if (line.compare(0, 5, "FAIL ") != 0) return;
    ++ran;
    failed.push_back(line.substr(5));
  }
  void end(const ChildEnd &end, size_t wanted) {
    if (end.timed_out) {
      trouble += "; the time was up";
    } else if (end.status > 1 || (end.status == 1 && failed.empty())) {
      trouble += "; a process ended with status " + std::to_string(end.status);
    } else if (ran < static_cast<int>(wanted)) {
      trouble += "; not all of them ran";
    }
  }
  void add(const Tally &other) {
    ran += other.ran;
    failed.insert(failed.end(), other.failed.begin(), other.failed.end());
    trouble += other.trouble;
  }
  bool good() const { return failed.empty() && trouble.empty(); }
  std::string text(size_t wanted) const {
    std::string out = std::to_string(ran) + " of " + std::to_string(wanted) + " tests ran, " +
                      std::to_string(failed.size()) + " failed";
    for (const std::string &name : failed) out += " " + name;
    return out + trouble;
  }
};

void tell(const std::string &line) {
  std::printf("  %s\n", line.c_str());
  std::fflush(stdout);
}

bool takes(const std::string &name, const std::vector<std::string> &parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](const std::string &part) { return name.find(part) != std::string::npos; });
}

void write(const std::string &path, const std::string &text) {
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) throw std::runtime_error(path + " cannot be written");
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

void Check::run(const std::vector<Stage> &plan, double seconds) {
  const auto begin = std::chrono::steady_clock::now();
  const auto passed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  for (size_t i = 0; i < plan.size(); ++i) {
    const double allowed = allowance(plan, i, seconds - passed());
    std::printf("%s\n", plan[i].name.c_str());
    const double before = passed();
    Outcome outcome = allowed > 0 ? run_stage(plan[i], allowed)
                                  : Outcome{"", State::kLeftOut, "the check's time does not reach for it", 0};
    outcome.name = plan[i].name;
    outcome.seconds = passed() - before;
    tell(std::string(state_name(outcome.state)) + ": " + outcome.text);
    report_.outcomes.push_back(outcome);
  }
  report_.seconds = passed();
}

Outcome Check::run_stage(const Stage &stage, double seconds) {
  if (stage.name == "tests") return run_tests(seconds);
  if (stage.name == "memcheck" || stage.name == "racecheck") return run_sanitizer(stage.name, seconds);
  if (stage.name == "torch") return run_torch(seconds);
  if (stage.name == "java") return run_java(seconds);
  return run_figures(stage, seconds);
}

// The host's part of a test, its double reference, takes most of its time, so several run beside one another.
Outcome Check::run_tests(double seconds) {
  std::vector<std::vector<std::string>> shares(static_cast<size_t>(processes_));
  for (size_t i = 0; i < tests_.size(); ++i) shares[i % shares.size()].push_back("=" + tests_[i]);
  std::mutex mutex;
  Tally all;
  std::vector<std::thread> threads;
  for (const auto &share : shares) {
    if (share.empty()) continue;
    threads.emplace_back([&, share] {
      std::vector<std::string> command = {programs_.self, "tests"};
      command.insert(command.end(), share.begin(), share.end());
      Tally tally;
      const ChildEnd end = run_child(command, "", seconds, [&](const std::string &line) {
        tally.take(line);
        const std::lock_guard<std::mutex> lock(mutex);
        tell(line);
      });
      tally.end(end, share.size());
      const std::lock_guard<std::mutex> lock(mutex);
      all.add(tally);
    });
  }
  for (std::thread &thread : threads) thread.join();
  return {"", all.good() ? State::kGood : State::kBad, all.text(tests_.size()), 0};
}

// What came before a stage ended badly counts; that it did is said.
Outcome Check::run_figures(const Stage &stage, double seconds) {
  int count = 0;
  std::string first, last;
  const ChildEnd end = run_child({programs_.self, "figures", stage.name}, "", seconds, [&](const std::string &line) {
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
  if (end.timed_out) return {"", State::kBad, text + "; the time was up", 0};
  if (end.status == 3) return {"", State::kLeftOut, last, 0};
  if (end.status == 0 && count > 0) return {"", State::kGood, first.empty() ? text : text + "; " + first, 0};
  return {"", State::kBad, text + "; it ended with status " + std::to_string(end.status) + ": " + last, 0};
}

// A tool that the time ends in the midst of has found nothing in the tests before.
Outcome Check::run_sanitizer(const std::string &tool, double seconds) {
  if (programs_.compute_sanitizer.empty()) return {"", State::kLeftOut, "no compute-sanitizer is here", 0};
  const std::vector<std::string> chosen = sanitized_tests(tool, tests_);
  constexpr int kFound = 86;
  // Calls that may fail, such as pinning a page twice, are the backend's to judge; kernels that fail are the tests'.
  std::vector<std::string> command = {programs_.compute_sanitizer, "--tool", tool, "--report-api-errors", "no",
                                      "--error-exitcode", std::to_string(kFound), programs_.self, "tests"};
  for (const std::string &name : chosen) command.push_back("=" + name);
  Tally tally;
  int errors = 0;
  const ChildEnd end = run_child(command, "", seconds, [&](const std::string &line) {
    tally.take(line);
    if (line.find("========= Error") == 0 || line.find("========= Invalid") == 0) ++errors;
    if (line.find("ok   ") != 0 && errors < 50) tell(line);
  });
  std::string text = tally.text(chosen.size());
  if (errors > 0) text += "; " + std::to_string(errors) + " findings of " + tool;
  if (end.timed_out) text += "; the time was up";
  const bool bad = !tally.failed.empty() || errors > 0 || (!end.timed_out && end.status != 0) || tally.ran == 0;
  if (!end.timed_out && end.status != 0) text += "; status " + std::to_string(end.status);
  return {"", bad ? State::kBad : State::kGood, text, 0};
}

// Figures beside ours; no verdict on us.
Outcome Check::run_torch(double seconds) {
  if (programs_.python.empty()) return {"", State::kLeftOut, "no python3 is here", 0};
  std::string last;
  const ChildEnd end = run_child({programs_.python, programs_.torch_script}, torch_list(), seconds,
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
  return {"", State::kGood, text + (end.timed_out ? "; the time was up" : ""), 0};
}

Outcome Check::run_java(double seconds) {
  if (programs_.java_script.empty()) return {"", State::kLeftOut, "this build has no library for Java", 0};
  std::string last;
  const ChildEnd end = run_child({programs_.java_script}, "", seconds, [&](const std::string &line) {
    tell(line);
    last = line;
  });
  if (end.timed_out) return {"", State::kLeftOut, "the time was up", 0};
  if (end.status == 3) return {"", State::kLeftOut, last, 0};
  return {"", end.status == 0 ? State::kGood : State::kBad, last, 0};
}

int check_device(const std::function<std::string()> &describe, Check &check, const std::vector<Stage> &plan,
                 double seconds, const std::string &json_path) {
  try {
    check.report().device = describe();
  } catch (const Error &error) {
    std::printf("%s\nNothing was checked: this needs an NVIDIA GPU of sm_80 or newer and its driver.\n", error.what());
    return 3;
  }
  std::printf("%s\n", check.report().device.c_str());
  check.run(plan, seconds);
  write(json_path, json_of(check.report()));
  std::printf("\n%s\nwritten to %s\n", table_of(check.report()).c_str(), json_path.c_str());
  std::vector<std::string> required;
  for (const Stage &stage : plan) {
    if (stage.required) required.push_back(stage.name);
  }
  return check.report().exit_status(required);
}

}  // namespace ebb::gpu_check
