// Runs all tests, or those that an argument names: by a part of the name, or, behind a `=`, by the whole.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
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
}

namespace {

bool run(const Test &test) {
  const int before = failures;
  try {
    test.body();
  } catch (const std::exception &e) {
    fail("uncaught exception", 0, e.what());
  }
  std::printf("%s %s\n", failures == before ? "ok  " : "FAIL", test.name.c_str());
  std::fflush(stdout);
  return failures == before;
}

bool is_named(const std::string &name, int count, char **filters) {
  for (int i = 0; i < count; ++i) {
    const std::string filter = filters[i];
    if (filter[0] == '=' ? name == filter.substr(1) : name.find(filter) != std::string::npos) return true;
  }
  return count == 0;
}

// What the processes of a run share: the next test to take, and what came of them.
struct Tally {
  std::atomic<size_t> next{0};
  std::atomic<int> ran{0};
  std::atomic<int> failed{0};
};

void take_tests(const std::vector<const Test *> &chosen, Tally &tally) {
  for (size_t i; (i = tally.next++) < chosen.size();) {
    if (!run(*chosen[i])) ++tally.failed;
    ++tally.ran;
  }
}

// In processes of their own, each of which takes a test when it is done with one. One that ends early fails the run.
void take_tests_in(int jobs, const std::vector<const Test *> &chosen, Tally &tally) {
  std::vector<pid_t> processes;
  for (int i = 0; i < jobs; ++i) {
    const pid_t process = fork();
    if (process == 0) {
      take_tests(chosen, tally);
      std::fflush(stdout);
      std::exit(0);  // not _exit: what looks for leaks at the end is to run
    }
    if (process > 0) processes.push_back(process);
  }
  if (processes.empty()) take_tests(chosen, tally);
  for (const pid_t process : processes) {
    int status = 0;
    if (waitpid(process, &status, 0) == process && WIFEXITED(status) && WEXITSTATUS(status) == 0) continue;
    std::printf("FAIL a process of tests ended early, status %d\n", status);
    ++tally.failed;
  }
}

// EBB_TEST_JOBS: processes at once, one and this one by default.
int run_all(int count, char **filters) {
  std::vector<const Test *> chosen;
  for (const Test &test : tests()) {
    if (is_named(test.name, count, filters)) chosen.push_back(&test);
  }
  void *shared = mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 2;
  Tally &tally = *new (shared) Tally;
  const char *jobs = std::getenv("EBB_TEST_JOBS");
  if (jobs == nullptr || std::atoi(jobs) <= 1) {
    take_tests(chosen, tally);
  } else {
    std::fflush(stdout);
    take_tests_in(std::atoi(jobs), chosen, tally);
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
