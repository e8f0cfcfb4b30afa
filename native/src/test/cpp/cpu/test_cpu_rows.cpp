// Row kernels of the cpu backend: norm, gate, conversion to halves.
#include <cmath>

#include "check.h"
#include "core/dequantize.h"
#include "cpu/features.h"

using namespace ebb;
using namespace ebb::test;

namespace {

// Around the sixteen lanes of a vector, and a usual hidden size.
constexpr int64_t kLengths[] = {1, 7, 15, 16, 17, 31, 32, 33, 576};

}  // namespace

TEST(cpu_rms_norm_matches_double) {
  for (const int64_t n : kLengths) {
    const auto x = random_floats(static_cast<size_t>(n), 1, 3.0f);
    const auto weight = random_floats(static_cast<size_t>(n), 2);
    double squares = 0;
    for (const float value : x) squares += static_cast<double>(value) * static_cast<double>(value);
    std::vector<double> expected(x.size());
    for (size_t i = 0; i < x.size(); ++i) {
      expected[i] = x[i] / std::sqrt(squares / static_cast<double>(n) + 1e-5) * weight[i];
    }
    std::vector<float> first;
    for (const cpu::Kernels *kernels : cpu::runnable_kernels()) {
      std::vector<float> y(x.size());
      kernels->rms_norm(x.data(), weight.data(), n, 1e-5f, y.data());
      CHECK(relative_l2(y, expected) <= 3e-7);
      if (first.empty()) first = y;
      CHECK(y == first);
      std::vector<float> in_place = x;
      kernels->rms_norm(in_place.data(), weight.data(), n, 1e-5f, in_place.data());
      CHECK(in_place == y);
    }
  }
}

TEST(cpu_swiglu_matches_double) {
  for (const int64_t n : kLengths) {
    const auto gate = random_floats(static_cast<size_t>(n), 3, 6.0f);
    const auto up = random_floats(static_cast<size_t>(n), 4);
    std::vector<double> expected(gate.size());
    for (size_t i = 0; i < gate.size(); ++i) {
      const double g = gate[i];
      expected[i] = g / (1 + std::exp(-g)) * up[i];
    }
    std::vector<float> first;
    for (const cpu::Kernels *kernels : cpu::runnable_kernels()) {
      std::vector<float> y(gate.size());
      kernels->swiglu(gate.data(), up.data(), n, y.data());
      for (size_t i = 0; i < y.size(); ++i) {
        CHECK_NEAR(y[i], expected[i], 1e-6 * std::fabs(expected[i]) + 1e-30);
      }
      if (first.empty()) first = y;
      CHECK(y == first);
    }
  }
}

// Far out the gate is 0 or the identity, never NaN.
TEST(cpu_swiglu_is_finite_at_the_ends) {
  const std::vector<float> gate = {-1e30f, -200, -88.5f, 88.5f, 200, 1e30f};
  const std::vector<float> up(gate.size(), 1.0f);
  for (const cpu::Kernels *kernels : cpu::runnable_kernels()) {
    std::vector<float> y(gate.size());
    kernels->swiglu(gate.data(), up.data(), static_cast<int64_t>(y.size()), y.data());
    CHECK_NEAR(y[0], 0, 1e-6);  // the exponential stops at e^88.3
    for (size_t i = 1; i < 3; ++i) CHECK_NEAR(y[i], 0, 1e-30);
    for (size_t i = 3; i < 6; ++i) CHECK_EQUAL(y[i], gate[i]);
  }
}

TEST(cpu_to_f16_matches_the_definition) {
  for (const int64_t n : kLengths) {
    auto x = random_floats(static_cast<size_t>(n), 5, 100.0f);
    x[0] = 1e-6f;  // subnormal as a half
    if (n > 1) x[1] = 1e6f;  // infinite as a half
    for (const cpu::Kernels *kernels : cpu::runnable_kernels()) {
      std::vector<uint16_t> y(x.size());
      kernels->to_f16(x.data(), n, y.data());
      for (size_t i = 0; i < x.size(); ++i) CHECK_EQUAL(y[i], f32_to_f16(x[i]));
    }
  }
}
