// RMSNorm against double, on lengths around a thread's four elements, a CTA's 1024 and real models'.
#include <cmath>

#include "check.h"
#include "core/dequantize.h"
#include "cuda/ops.h"
#include "simt/check_run.h"

using namespace ebb;
using namespace ebb::test;

namespace {

constexpr float kEpsilon = 1e-5f;

// Rows of x + added where there is an addition, each rounded to float as the kernel stores it.
std::vector<float> sums_of(const std::vector<float> &x, const std::vector<float> &added) {
  std::vector<float> sums = x;
  for (size_t i = 0; i < added.size(); ++i) sums[i] += added[i];
  return sums;
}

std::vector<double> expected_rows(const std::vector<float> &x, const std::vector<float> &weight,
                                  const std::vector<int32_t> &index) {
  const size_t n = weight.size();
  std::vector<double> all;
  for (const int32_t row : index) {
    const float *from = x.data() + static_cast<size_t>(row) * n;
    double squares = 0;
    for (size_t i = 0; i < n; ++i) squares += double{from[i]} * from[i];
    const double scale = 1 / std::sqrt(squares / static_cast<double>(n) + double{kEpsilon});
    for (size_t i = 0; i < n; ++i) all.push_back(from[i] * scale * weight[i]);
  }
  return all;
}

// The residual stream after the kernel: the named rows with their addition, the others as they were.
void check_stream(const std::vector<float> &after, const std::vector<float> &before, const std::vector<float> &sums,
                  const std::vector<int32_t> &index) {
  std::vector<float> want = before;
  const auto n = static_cast<int64_t>(before.size()) / 5;
  for (const int32_t row : index) std::copy_n(sums.begin() + row * n, n, want.begin() + row * n);
  CHECK(after == want);
}

void check_rms_norm(int64_t n, const std::vector<int32_t> &index, bool add) {
  const auto x = random_floats(static_cast<size_t>(5 * n), 1, 3.0f);
  const auto added = random_floats(add ? x.size() : 0, 3, 2.0f);
  const auto sums = sums_of(x, added);
  const auto weight = random_floats(static_cast<size_t>(n), 2);
  const simt::Buffer<float> weight_d("weight", weight), added_d("added", add ? added : x);
  const simt::Buffer<int32_t> index_d("index", index);
  const size_t stride = static_cast<size_t>(cuda::padded(n));
  const auto bits = simt::same_in_every_schedule<uint16_t>([&] {
    const simt::Buffer<float> x_d("x", x);
    const simt::Buffer<uint16_t> to("to", index.size() * stride);
    cuda::rms_norm({x_d.data(), add ? added_d.data() : nullptr, weight_d.data(), index_d.data(), to.data(),
                    static_cast<int64_t>(index.size()), n, kEpsilon},
                   nullptr);
    check_stream(x_d.read(), x, sums, index);
    return to.read();
  });
  std::vector<float> y;
  for (size_t r = 0; r < index.size(); ++r) {
    for (size_t i = 0; i < stride; ++i) {
      const float value = f16_to_f32(bits[r * stride + i]);
      if (i < static_cast<size_t>(n)) y.push_back(value);
      else CHECK_EQUAL(value, 0.0f);
    }
  }
  CHECK(relative_l2(y, expected_rows(sums, weight, index)) <= 5e-4);
}

}  // namespace

TEST(cuda_rms_norm_matches_double) {
  for (const int64_t n : {1, 3, 4, 63, 64, 65, 576, 1023, 1024, 1028, 2049, 4096}) check_rms_norm(n, {3, 0, 4}, false);
}

// As many rows as a long chunk has.
TEST(cuda_rms_norm_takes_many_rows) {
  const int64_t rows = 2049, n = 20;
  const auto x = random_floats(static_cast<size_t>(rows * n), 4);
  const auto weight = random_floats(static_cast<size_t>(n), 2);
  std::vector<int32_t> all(static_cast<size_t>(rows));
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int32_t>(i);
  const simt::Buffer<float> weight_d("weight", weight);
  const auto bits = simt::same_in_every_schedule<uint16_t>([&] {
    const simt::Buffer<float> x_d("x", x);
    const simt::Buffer<uint16_t> to("to", static_cast<size_t>(rows * cuda::padded(n)));
    cuda::rms_norm({x_d.data(), nullptr, weight_d.data(), nullptr, to.data(), rows, n, kEpsilon}, nullptr);
    return to.read();
  });
  std::vector<float> y;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t i = 0; i < n; ++i) y.push_back(f16_to_f32(bits[static_cast<size_t>(r * cuda::padded(n) + i)]));
  }
  CHECK(relative_l2(y, expected_rows(x, weight, all)) <= 5e-4);
}

TEST(cuda_rms_norm_joins_the_residual) {
  for (const int64_t n : {1, 2, 3, 4, 5, 64, 65, 576, 1023, 1024, 1028, 2049, 4096}) check_rms_norm(n, {4, 1, 2}, true);
}

TEST(cuda_rms_norm_moves_whole_sectors) {
  simt::Machine::get().reset({});
  const int64_t n = 4096;
  const simt::Buffer<float> x("x", random_floats(4 * n, 1)), weight("weight", random_floats(n, 2));
  const simt::Buffer<float> added("added", random_floats(4 * n, 3));
  const simt::Buffer<uint16_t> to("to", 4 * n);
  cuda::rms_norm({x.data(), added.data(), weight.data(), nullptr, to.data(), 4, n, kEpsilon}, nullptr);
  const simt::Counters &counters = simt::Machine::get().counters;
  CHECK(counters.global_read.over_ideal() <= 1.0);
  CHECK(counters.global_write.over_ideal() <= 1.0);
  CHECK(counters.shared_read.over_ideal() <= 1.0);
}
