// A small test harness: TEST(name) { ... } registers a test, CHECK* record
// failures and go on. A test fails when any check in it failed or it threw.
#ifndef EBB_TEST_CHECK_H
#define EBB_TEST_CHECK_H

#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "core/error.h"

namespace ebb::test {

struct Test {
  std::string name;
  std::function<void()> body;
};

std::vector<Test> &tests();

// Notes a failed check of the running test.
void fail(const char *file, int line, const std::string &message);

struct Registration {
  Registration(const char *name, std::function<void()> body) { tests().push_back({name, body}); }
};

template <typename A, typename B>
void check_equal(const A &actual, const B &expected, const char *text, const char *file, int line) {
  if (actual == expected) return;
  std::ostringstream out;
  out << text << ": got " << actual << ", expected " << expected;
  fail(file, line, out.str());
}

// |actual - expected| <= tolerance; NaN fails.
inline void check_near(double actual, double expected, double tolerance, const char *text,
                       const char *file, int line) {
  if (std::fabs(actual - expected) <= tolerance) return;
  std::ostringstream out;
  out.precision(9);
  out << text << ": got " << actual << ", expected " << expected << " within " << tolerance;
  fail(file, line, out.str());
}

// body throws an Error of that status whose message contains `part`.
inline void check_error(ebb_status status, const std::string &part,
                        const std::function<void()> &body, const char *file, int line) {
  try {
    body();
  } catch (const Error &e) {
    if (e.status() != status) fail(file, line, "status " + std::to_string(e.status()));
    if (std::string(e.what()).find(part) == std::string::npos) {
      fail(file, line, std::string("message '") + e.what() + "' lacks '" + part + "'");
    }
    return;
  }
  fail(file, line, "no error, expected one that says '" + part + "'");
}

// Reproducible floats, normally distributed: the same on every machine.
inline std::vector<float> random_floats(size_t count, uint32_t seed, float scale = 1.0f) {
  std::mt19937 bits(seed);
  std::vector<float> values(count);
  for (float &value : values) {
    double sum = 0;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(bits()) / 4294967296.0;
    value = static_cast<float>((sum - 6.0) * scale);
  }
  return values;
}

// sqrt(sum (a - b)^2 / sum b^2)
inline double relative_l2(const std::vector<float> &a, const std::vector<double> &b) {
  double difference = 0;
  double norm = 0;
  for (size_t i = 0; i < b.size(); ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  return norm == 0 ? std::sqrt(difference) : std::sqrt(difference / norm);
}

}  // namespace ebb::test

#define TEST(name)                                                              \
  static void test_##name();                                                    \
  static const ebb::test::Registration registration_##name(#name, test_##name); \
  static void test_##name()

#define CHECK(condition) \
  ((condition) ? (void)0 : ebb::test::fail(__FILE__, __LINE__, #condition))
#define CHECK_EQUAL(actual, expected) \
  ebb::test::check_equal(actual, expected, #actual, __FILE__, __LINE__)
#define CHECK_NEAR(actual, expected, tolerance) \
  ebb::test::check_near(actual, expected, tolerance, #actual, __FILE__, __LINE__)
#define CHECK_ERROR(status, part, ...) \
  ebb::test::check_error(status, part, [&] { __VA_ARGS__; }, __FILE__, __LINE__)

#endif  // EBB_TEST_CHECK_H
