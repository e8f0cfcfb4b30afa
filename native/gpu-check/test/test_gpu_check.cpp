// The check's own logic, with scripts in the place of what it starts.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "check.h"
#include "core/error.h"
#include "gpu_check.h"

using namespace ebb;
using namespace ebb::gpu_check;

namespace {

// A folder of scripts, gone at the end.
class Scripts {
 public:
  Scripts() {
    char name[] = "/tmp/gpu-check-XXXXXX";
    if (mkdtemp(name) == nullptr) throw std::runtime_error("no folder could be made");
    folder_ = name;
  }
  ~Scripts() {
    for (const std::string &path : paths_) unlink(path.c_str());
    rmdir(folder_.c_str());
  }
  Scripts(const Scripts &) = delete;
  Scripts &operator=(const Scripts &) = delete;

  std::string path(const std::string &name) {
    paths_.push_back(folder_ + "/" + name);
    return paths_.back();
  }
  std::string add(const std::string &name, const std::string &body) {
    const std::string at = path(name);
    std::ofstream(at) << "#!/bin/sh\n" << body << "\n";
    chmod(at.c_str(), 0755);
    return at;
  }

 private:
  std::string folder_;
  std::vector<std::string> paths_;
};

constexpr const char *kGoodSelf =
    "mode=$1; shift\n"
    "if [ $mode = figures ]; then printf 'figure\\tcopy\\t10\\tGB/s\\t\\t1e10\\n'; echo said; exit 0; fi\n"
    "for t in \"$@\"; do echo \"ok   ${t#=}\"; done; echo \"$# tests, 0 failed\"";

std::vector<Stage> plan_of(std::initializer_list<const char *> names) {
  std::vector<Stage> plan;
  for (const char *name : names) plan.push_back({name, 1, 60, true, true});
  return plan;
}

Outcome only(const Programs &programs, const char *stage, std::vector<std::string> tests = {"a", "b", "c"}) {
  Check check(programs, std::move(tests), 2);
  check.run(plan_of({stage}), 60);
  return check.report().outcomes.at(0);
}

void expect(const Outcome &outcome, State state, const std::string &part) {
  CHECK_EQUAL(state_name(outcome.state), std::string(state_name(state)));
  if (outcome.text.find(part) != std::string::npos) return;
  ebb::test::fail(__FILE__, __LINE__, outcome.text + " lacks " + part);
}

}  // namespace

TEST(gpu_check_without_a_device_says_so) {
  Check check({}, {"a"}, 1);
  Scripts scripts;
  const std::string json = scripts.path("out.json");
  const auto none = []() -> std::string { throw Error(EBB_UNSUPPORTED, "cuda: no device is attached"); };
  CHECK_EQUAL(check_device(none, check, plan_of({"tests"}), 60, json), 3);
  CHECK(access(json.c_str(), F_OK) != 0);
}

TEST(gpu_check_writes_what_it_found) {
  Scripts scripts;
  Programs programs;
  programs.self = scripts.add("self", kGoodSelf);
  const std::string json = scripts.path("out.json");
  Check check(programs, {"a", "b", "c"}, 2);
  CHECK_EQUAL(check_device([] { return std::string("a device"); }, check, plan_of({"tests", "rates"}), 60, json), 0);
  std::stringstream text;
  text << std::ifstream(json).rdbuf();
  CHECK(text.str().find("3 of 3 tests ran, 0 failed") != std::string::npos);
  CHECK(text.str().find("\"name\": \"copy\", \"value\": 10") != std::string::npos);
  CHECK(check.report().seconds > 0);
}

TEST(gpu_check_counts_failed_and_missing_tests) {
  Scripts scripts;
  Programs programs;
  programs.self = scripts.add("fails", "shift; for t in \"$@\"; do echo \"FAIL ${t#=}\"; done; exit 1");
  expect(only(programs, "tests"), State::kBad, "3 of 3 tests ran, 3 failed");
  programs.self = scripts.add("crashes", "echo 'ok   a'; kill -SEGV $$");
  expect(only(programs, "tests", {"a", "b"}), State::kBad, "status 139");
  programs.self = scripts.add("silent", "exit 0");
  expect(only(programs, "tests"), State::kBad, "not all of them ran");
}

TEST(gpu_check_figures_may_be_left_out_or_fail) {
  Scripts scripts;
  Programs programs;
  programs.self = scripts.add("small", "echo 'needs more memory'; exit 3");
  expect(only(programs, "Llama-3.1-8B"), State::kLeftOut, "needs more memory");
  programs.self = scripts.add("lost", "printf 'figure\\tx\\t1\\tGB/s\\t\\t1\\n'; echo 'device lost'; exit 1");
  expect(only(programs, "kernels"), State::kBad, "1 figures; it ended with status 1: device lost");
  programs.self = scripts.add("none", "exit 0");
  expect(only(programs, "kernels"), State::kBad, "0 figures");
  programs.self = scripts.add("slow", "sleep 600");
  Check check(programs, {}, 1);
  check.run({{"kernels", 0.1, 0.5, true, true}}, 60);
  expect(check.report().outcomes.at(0), State::kBad, "the time was up");
  programs.self = scripts.add("good", kGoodSelf);
  expect(only(programs, "Qwen3-0.6B"), State::kGood, "1 figures; said");
}

TEST(gpu_check_sanitizer_findings_count) {
  Scripts scripts;
  const std::vector<std::string> tests = {"cuda_rms_norm_a", "cuda_rope_b", "cuda_shapes_of_sampling"};
  Programs programs;
  programs.self = scripts.add("self", kGoodSelf);
  expect(only(programs, "memcheck", tests), State::kLeftOut, "no compute-sanitizer");
  programs.compute_sanitizer = scripts.add("clean", "shift 6; exec \"$@\"");
  expect(only(programs, "memcheck", tests), State::kGood, "2 of 2 tests ran, 0 failed");
  expect(only(programs, "racecheck", tests), State::kGood, "1 of 1 tests ran");
  programs.compute_sanitizer =
      scripts.add("finds", "shift 6; echo '========= Invalid __global__ read'; \"$@\"; exit 86");
  expect(only(programs, "memcheck", tests), State::kBad, "1 findings of memcheck; status 86");
  expect(only(programs, "memcheck", {"other"}), State::kBad, "0 of 0");
}

TEST(gpu_check_torch_stands_beside_ours) {
  Scripts scripts;
  Programs programs;
  programs.python = "sh";
  programs.torch_script = scripts.add("torch", "read line; echo 'torch 2'; printf 'torch\\tdecode, 1\\t12.5\\n'");
  Check check(programs, {}, 1);
  check.run(plan_of({"torch"}), 60);
  CHECK_NEAR(check.report().torch.at("decode, 1"), 12.5, 0);
  programs.torch_script = scripts.add("none", "echo 'this python3 has no torch'; exit 3");
  expect(only(programs, "torch"), State::kLeftOut, "has no torch");
}

TEST(gpu_check_java_may_be_left_out) {
  Scripts scripts;
  Programs programs;
  expect(only(programs, "java"), State::kLeftOut, "no library for Java");
  programs.java_script = scripts.add("none", "echo 'no JDK'; exit 3");
  expect(only(programs, "java"), State::kLeftOut, "no JDK");
  programs.java_script = scripts.add("fails", "echo '2 of 9 failed'; exit 1");
  expect(only(programs, "java"), State::kBad, "2 of 9 failed");
  programs.java_script = scripts.add("passes", "echo '9 ran'");
  expect(only(programs, "java"), State::kGood, "9 ran");
}

TEST(gpu_check_leaves_out_what_time_does_not_reach) {
  Scripts scripts;
  Programs programs;
  programs.self = scripts.add("self", kGoodSelf);
  Check check(programs, {"a"}, 1);
  check.run({{"tests", 1, 60, true, true}, {"kernels", 1000, 2000, false, false}}, 60);
  CHECK_EQUAL(check.report().outcomes.size(), size_t{2});
  expect(check.report().outcomes[1], State::kLeftOut, "time does not reach");
}
