// The check's own logic, with scripts in the place of what it starts.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "check.h"
#include "core/error.h"
#include "gpu_check.h"
#include "kernel_figures.h"

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
    "for t in \"$@\"; do echo \"at   ${t#=}\"; echo \"ok   ${t#=}\"; done; echo \"$# tests, 0 failed\"";

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

std::string a_device() { return "a device"; }

std::string text_of(const std::string &path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(gpu_check_without_a_device_says_so) {
  Check check({}, {"a"}, 1);
  Scripts scripts;
  const std::string json = scripts.path("out.json");
  const auto none = []() -> std::string { throw Error(EBB_UNSUPPORTED, "cuda: no device is attached"); };
  CHECK_EQUAL(check_device(none, check, plan_of({"tests"}), {60, json}), 3);
  CHECK(access(json.c_str(), F_OK) != 0);
}

TEST(gpu_check_writes_what_it_found) {
  Scripts scripts;
  Programs programs;
  programs.self = scripts.add("self", kGoodSelf);
  const std::string json = scripts.path("out.json");
  Check check(programs, {"a", "b", "c"}, 2);
  CHECK_EQUAL(check_device(a_device, check, plan_of({"tests", "rates"}), {60, json}), 0);
  CHECK(has(text_of(json), "3 of 3 tests ran, 0 failed"));
  CHECK(has(text_of(json), "\"name\": \"copy\", \"value\": 10"));
  CHECK(check.report().seconds > 0);
}

// One that is ended in the midst has left what it found before.
TEST(gpu_check_writes_after_each_stage) {
  Scripts scripts;
  const std::string json = scripts.path("out.json");
  Programs programs;
  programs.self =
      scripts.add("self", "if [ $1 = tests ]; then echo 'ok   a'; else cp " + json + " " + json + ".then; fi");
  const std::string then = scripts.path("out.json.then");
  Check check(programs, {"a"}, 1);
  CHECK_EQUAL(check_device(a_device, check, plan_of({"tests", "rates"}), {60, json}), 1);
  CHECK(has(text_of(then), "1 of 1 tests ran, 0 failed"));
  CHECK(!has(text_of(then), "rates"));
  CHECK(has(text_of(json), "rates"));
  Check other(programs, {"a"}, 1);
  CHECK_EQUAL(check_device(a_device, other, plan_of({"tests"}), {60, "/no/such/folder/out.json"}), 1);
  CHECK_EQUAL(other.report().outcomes.size(), size_t{1});
}

TEST(gpu_check_notes_the_machine) {
  Scripts scripts;
  Programs programs;
  programs.self = scripts.add("self", kGoodSelf);
  programs.nvidia_smi = scripts.add("smi", "echo '580.1, 1980 MHz'");
  const std::string json = scripts.path("out.json");
  Check check(programs, {"a"}, 1);
  CHECK_EQUAL(check_device(a_device, check, plan_of({"tests"}), {60, json}), 0);
  CHECK(has(text_of(json), "before: driver, clocks, temperature, power, throttling: 580.1, 1980 MHz"));
  CHECK(has(text_of(json), "after: driver"));
}

TEST(gpu_check_counts_failed_and_missing_tests) {
  Scripts scripts;
  Programs programs;
  programs.self = scripts.add("fails", "shift; for t in \"$@\"; do echo \"FAIL ${t#=}\"; done; exit 1");
  expect(only(programs, "tests"), State::kBad, "3 of 3 tests ran, 3 failed");
  programs.self = scripts.add("silent", "exit 0");
  expect(only(programs, "tests"), State::kBad, "0 of 3 tests ran, 0 failed");
  programs.self = scripts.add("reasons", "shift; echo '  file:1: no'; echo '  file:2: nor this'; echo \"FAIL ${1#=}\"");
  const Outcome outcome = only(programs, "tests", {"a"});
  expect(outcome, State::kBad, "1 failed: a: file:1: no");
  CHECK_EQUAL(outcome.failed.at(0), "a: file:1: no");
}

// What a test does to its process costs no other test.
TEST(gpu_check_goes_on_behind_tests_that_end_their_process) {
  Scripts scripts;
  Programs programs;
  programs.self = scripts.add("crashes", "shift; for t in \"$@\"; do echo \"at   ${t#=}\"\n"
                              "if [ $t = =b ]; then kill -SEGV $$; fi; echo \"ok   ${t#=}\"; done");
  expect(only(programs, "tests", {"a", "b", "c", "d", "e", "f"}), State::kBad,
         "6 of 6 tests ran, 1 failed: b: its process ended with status 139");
  // A lost device: the process has told and ends itself.
  programs.self = scripts.add("loses", "shift; for t in \"$@\"; do echo \"at   ${t#=}\"\n"
                              "if [ $t = =a ]; then echo '  e:5: lost'; echo 'FAIL a'; exit 1; fi\n"
                              "echo \"ok   ${t#=}\"; done");
  expect(only(programs, "tests", {"a", "b", "c", "d"}), State::kBad, "4 of 4 tests ran, 1 failed: a: e:5: lost");
  programs.self = scripts.add("hangs", "shift; for t in \"$@\"; do echo \"at   ${t#=}\"\n"
                              "if [ $t = =a ]; then echo '  e:5: first'; sleep 600; fi; echo \"ok   ${t#=}\"; done");
  const Outcome hung = run_tests(programs.self, {"a", "b", "c"}, 1, {60, 0.5}, [](const std::string &) {});
  expect(hung, State::kBad, "3 of 3 tests ran, 1 failed: a: it hung; e:5: first");
  expect(run_tests(programs.self, {"b", "a", "c"}, 1, {0.5, 60}, [](const std::string &) {}), State::kBad,
         "2 of 3 tests ran, 1 failed: a: the time was up");
}

TEST(gpu_check_figures_may_be_left_out_or_fail) {
  Scripts scripts;
  Programs programs;
  programs.self = scripts.add("small", "echo 'needs more memory'; exit 3");
  expect(only(programs, "Llama-3.1-8B"), State::kLeftOut, "needs more memory");
  programs.self = scripts.add("lost", "printf 'figure\\tx\\t1\\tGB/s\\t\\t1\\n'; echo 'device lost'; exit 1");
  expect(only(programs, kProducts), State::kBad, "1 figures; it ended with status 1: device lost");
  programs.self = scripts.add("none", "exit 0");
  expect(only(programs, kProducts), State::kBad, "0 figures");
  programs.self = scripts.add("slow", "sleep 600");
  Check check(programs, {}, 1);
  check.run({{kProducts, 0.1, 0.5, true, true}}, 60);
  expect(check.report().outcomes.at(0), State::kBad, "the time was up");
  programs.self = scripts.add("good", kGoodSelf);
  expect(only(programs, "Qwen3-0.6B"), State::kGood, "1 figures; said");
}

// A model whose attention by wgmma hangs or fails is measured without.
TEST(gpu_check_measures_a_model_without_wgmma_where_it_fails) {
  Scripts scripts;
  Programs programs;
  programs.self = scripts.add("self", "if [ \"$3\" = plain ]; then\n"
                              "printf 'figure\\tx by mma.sync\\t1\\tGB/s\\t\\t1\\n'\n"
                              "else echo 'device lost'; exit 1; fi");
  expect(only(programs, "Qwen3-0.6B"), State::kBad, "status 1: device lost");
  Check check(programs, {}, 1);
  check.report().device = "cuda: X, sm_90";
  check.run({{"Qwen3-0.6B", 1, 60, true, false}}, 60);
  expect(check.report().outcomes.at(0), State::kBad, "status 1: device lost; without wgmma: 1 figures");
  CHECK_EQUAL(check.report().figures.at(0).name, "x by mma.sync");
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
  programs.compute_sanitizer = scripts.add("refuses", "echo '========= Error: Device not supported. See'; exit 1");
  expect(only(programs, "memcheck", tests), State::kLeftOut, "does not support the device");
  programs.compute_sanitizer = scripts.add("slow", "sleep 600");
  Check check(programs, tests, 1);
  check.run({{"memcheck", 0.1, 0.5, true, false}}, 60);
  expect(check.report().outcomes.at(0), State::kLeftOut, "0 of 2 tests ran, 0 failed; the time was up");
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
  check.run({{"tests", 1, 60, true, true}, {kProducts, 1000, 2000, false, false}}, 60);
  CHECK_EQUAL(check.report().outcomes.size(), size_t{2});
  expect(check.report().outcomes[1], State::kLeftOut, "time does not reach");
}

// What is not there keeps no time from what is.
TEST(gpu_check_keeps_no_time_for_what_cannot_run) {
  Scripts scripts;
  Programs programs;
  programs.self = scripts.add("self", kGoodSelf);
  const std::vector<Stage> plan = {{"tests", 10, 60, true, true}, {"memcheck", 55, 60, true, false}};
  Check without(programs, {"a"}, 1);
  without.run(plan, 60);
  expect(without.report().outcomes[0], State::kGood, "1 of 1");
  programs.compute_sanitizer = scripts.add("clean", "shift 6; exec \"$@\"");
  Check with(programs, {"cuda_rope_b"}, 1);
  with.run(plan, 60);
  expect(with.report().outcomes[0], State::kLeftOut, "time does not reach");
  expect(with.report().outcomes[1], State::kGood, "1 of 1");
}
