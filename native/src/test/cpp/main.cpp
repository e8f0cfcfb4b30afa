// Runs all tests, or those that an argument names: by a part of the name, or, behind a `=`, by the whole.
// With EBB_TEST_ON_DEVICE each is named before it runs too, and a lost device, which a process cannot get back, ends
// it.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "check.h"

namespace ebb::test {
namespace {

int failures = 0;

}  // namespace

std::vector<Test> &tests() {
  static std::vector<Test> all;
  return all;
}

void fail(const char *file, int line, const std::string &message) {
  ++failures;
  std::printf("  %s:%d: %s\n", file, line, message.c_str());
  std::fflush(stdout);  // a process that is killed has told what it found
}

namespace {

void say(const char *what, const Test &test) {
  std::printf("%s %s\n", what, test.name.c_str());
  std::fflush(stdout);
}

bool run(const Test &test) {
  static const bool on_device = std::getenv("EBB_TEST_ON_DEVICE") != nullptr;
  const int before = failures;
  bool lost = false;
  if (on_device) say("at  ", test);
  try {
    test.body();
  } catch (const Error &e) {
    lost = e.status() == EBB_DEVICE_LOST;
    fail("uncaught error", e.status(), e.what());
  } catch (const std::exception &e) {
    fail("uncaught exception", 0, e.what());
  }
  say(failures == before ? "ok  " : "FAIL", test);
  if (on_device && lost) std::_Exit(1);
  return failures == before;
}

bool is_named(const std::string &name, int count, char **filters) {
  for (int i = 0; i < count; ++i) {
    const std::string filter = filters[i];
    if (filter[0] == '=' ? name == filter.substr(1) : name.find(filter) != std::string::npos) return true;
  }
  return count == 0;
}

constexpr int kJobsMax = 64;

// What the processes of a run share: the next test to take, what came of them, and what each is at, counted from 1.
struct Tally {
  std::atomic<size_t> next{0};
  std::atomic<int> ran{0};
  std::atomic<int> failed{0};
  std::atomic<size_t> running[kJobsMax] = {};
};

void take_tests(const std::vector<const Test *> &chosen, Tally &tally, int job) {
  for (size_t i; (i = tally.next++) < chosen.size();) {
    tally.running[job] = i + 1;
    if (!run(*chosen[i])) ++tally.failed;
    ++tally.ran;
  }
  tally.running[job] = 0;
}

void await(pid_t process, const std::vector<const Test *> &chosen, Tally &tally, int job) {
  int status = 0;
  if (waitpid(process, &status, 0) == process && WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  const size_t at = tally.running[job];
  const char *test = at == 0 ? "behind the last test" : chosen[at - 1]->name.c_str();
  std::printf("FAIL %s: its process ended with %s %d\n", test,
              WIFSIGNALED(status) ? "signal" : "status", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
  ++tally.failed;
}

// In processes of their own, each of which takes a test when it is done with one.
void take_tests_in(int jobs, const std::vector<const Test *> &chosen, Tally &tally) {
  std::vector<std::pair<pid_t, int>> processes;
  for (int job = 0; job < jobs; ++job) {
    const pid_t process = fork();
    if (process < 0) std::perror("fork");
    if (process == 0) {
      take_tests(chosen, tally, job);
      std::exit(0);  // not _exit: what looks for leaks at the end is to run
    }
    if (process > 0) processes.emplace_back(process, job);
  }
  for (const auto &[process, job] : processes) await(process, chosen, tally, job);
}

// EBB_TEST_JOBS: processes at once; one, and this one, by default. 0 where it is no number of them.
int jobs_wanted() {
  const char *jobs = std::getenv("EBB_TEST_JOBS");
  if (jobs == nullptr) return 1;
  const int wanted = std::atoi(jobs);
  return wanted < 1 ? 0 : std::min(wanted, kJobsMax);
}

int run_all(int count, char **filters) {
  std::vector<const Test *> chosen;
  for (const Test &test : tests()) {
    if (is_named(test.name, count, filters)) chosen.push_back(&test);
  }
  void *shared = mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const int jobs = jobs_wanted();
  if (shared == MAP_FAILED || jobs == 0) {
    std::printf("%s\n", jobs == 0 ? "EBB_TEST_JOBS must be a number of processes" : "no memory for the tally");
    return 2;
  }
  Tally &tally = *new (shared) Tally;
  if (jobs == 1) {
    take_tests(chosen, tally, 0);
  } else {
    std::fflush(stdout);
    take_tests_in(jobs, chosen, tally);
  }
  std::printf("%d tests, %d failed\n", tally.ran.load(), tally.failed.load());
  return static_cast<size_t>(tally.ran) != chosen.size() || chosen.empty() || tally.failed > 0 ? 1 : 0;
}

}  // namespace
}  // namespace ebb::test

// A program with a main of its own names this one.
#ifndef EBB_TEST_MAIN
#define EBB_TEST_MAIN main
#endif

int EBB_TEST_MAIN(int argc, char **argv) { return ebb::test::run_all(argc - 1, argv + 1); }
