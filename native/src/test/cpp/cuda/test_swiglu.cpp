// SwiGLU against double, with ends of the range where the exponential overflows.
#include <cmath>

#include "check.h"
#include "core/dequantize.h"
#include "cuda/ops.h"
#include "simt/check_run.h"

using namespace ebb;
using namespace ebb::test;

namespace {

void check_swiglu(size_t rows, size_t n) {
  auto x = random_floats(rows * 2 * n, 3, 4.0f);
  x[0] = -300;
  x[rows * 2 * n - 1] = 300;
  x[0 + (rows - 1) * 2 * n] = 40000;  // times 300 or so: far outside F16
  const simt::Buffer<float> x_d("gate_up", x);
  const size_t stride = static_cast<size_t>(cuda::padded(static_cast<int64_t>(n)));
  std::vector<float> scales;
  const auto bits = simt::same_in_every_schedule<uint16_t>([&] {
    const simt::Buffer<uint16_t> to("to", rows * stride);
    const simt::Buffer<float> scales_d("scales", rows);
    cuda::swiglu({x_d.data(), to.data(), scales_d.data(), static_cast<int64_t>(rows), static_cast<int64_t>(n)},
                 nullptr);
    scales = scales_d.read();
    return to.read();
  });
  std::vector<float> y;
  std::vector<double> expected;
  for (size_t r = 0; r < rows; ++r) {
    CHECK(std::ilogb(scales[r]) >= 0 && std::ldexp(1.0f, std::ilogb(scales[r])) == scales[r]);
    for (size_t i = 0; i < stride; ++i) {
      const float value = f16_to_f32(bits[r * stride + i]) * scales[r];
      if (i >= n) {
        CHECK_EQUAL(value, 0.0f);
        continue;
      }
      const double gate = x[r * 2 * n + i];
      y.push_back(value);
      expected.push_back(gate / (1 + std::exp(-gate)) * x[r * 2 * n + n + i]);
    }
  }
  CHECK(relative_l2(y, expected) <= 5e-4);
}

}  // namespace

TEST(cuda_swiglu_matches_double) {
  for (const size_t n : {size_t{1}, size_t{5}, size_t{64}, size_t{100}, size_t{1023}, size_t{1024}, size_t{1027},
                         size_t{1536}, size_t{2049}}) {
    check_swiglu(3, n);
  }
  check_swiglu(1, 96);
  check_swiglu(2049, 33);
}
