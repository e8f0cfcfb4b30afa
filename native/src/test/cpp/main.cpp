// Runs all tests, or those that an argument names: by a part of the name, or, behind a `=`, by the whole.
#include <cstdio>
#include <string>

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

int run_all(int count, char **filters) {
  int ran = 0;
  int failed = 0;
  for (const Test &test : tests()) {
    if (!is_named(test.name, count, filters)) continue;
    ++ran;
    if (!run(test)) ++failed;
  }
  std::printf("%d tests, %d failed\n", ran, failed);
  return ran == 0 || failed > 0 ? 1 : 0;
}

}  // namespace
}  // namespace ebb::test

// A program with a main of its own names this one.
#ifndef EBB_TEST_MAIN
#define EBB_TEST_MAIN main
#endif

int EBB_TEST_MAIN(int argc, char **argv) { return ebb::test::run_all(argc - 1, argv + 1); }
