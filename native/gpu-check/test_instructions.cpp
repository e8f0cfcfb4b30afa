// Instructions of tensor cores by themselves: what the emulator says of them, a device must do. They give each lane
// the elements that kernels take them for.
#include <cstdio>

#include "check.h"
#include "core/dequantize.h"
#include "cuda/device.h"
#include "simt/check_run.h"
#include "simt/wrong_kernels/wrong_sm90.h"
#include "tensor_loop.h"

using namespace ebb;
using namespace ebb::test;
using namespace ebb::gpu_check;

namespace {

bool has_sm90() {
#if defined(EBB_ON_DEVICE)
  if (cuda::device_is_sm90()) return true;
  std::printf("  not sm_90a: nothing to see\n");
  return false;
#else
  return true;
#endif
}

double number_of(int lane) { return 1 + lane / 1024.0; }

// Row `row` of a as the four lanes 4 (row % 8) .. + 3 hold it, times column `column` of b likewise, or of ones.
double product_of(int row, int column, bool ones) {
  double sum = 0;
  for (int i = 0; i < 4; ++i) sum += 4 * number_of(row % 8 * 4 + i) * (ones ? 1 : number_of(column % 8 * 4 + i));
  return sum;
}

void check_loop(const std::vector<float> &out, const std::function<double(int)> &expected) {
  std::vector<double> want;
  for (size_t i = 0; i < out.size(); ++i) want.push_back(expected(static_cast<int>(i % 32)));
  CHECK(relative_l2(out, want) <= 1e-5);
}

std::vector<uint16_t> halves(size_t count, uint32_t seed) {
  std::vector<uint16_t> bits;
  for (const float value : random_floats(count, seed)) bits.push_back(f32_to_f16(value));
  return bits;
}

}  // namespace

TEST(instructions_mma_loop_adds_up) {
  constexpr int kRounds = 3;
  const auto out = simt::same_in_every_schedule<float>([] {
    const simt::Buffer<float> sums("sums", 2 * kMmaLoopThreads);
    mma_loop({2, kRounds, sums.data()});
    return sums.read();
  });
  check_loop(out, [](int lane) {
    const int column = lane % 4 * 2;
    return kRounds * kMmaLoopChains * 2 *
           (product_of(lane / 4, column, false) + product_of(lane / 4, column + 1, false));
  });
}

TEST(instructions_wgmma_loop_adds_up) {
  if (!has_sm90()) return;
  constexpr int kRounds = 2;
  const auto out = simt::same_in_every_schedule<float>([] {
    const simt::Buffer<float> sums("sums", 2 * kWgmmaLoopThreads);
    wgmma_loop({2, kRounds, sums.data()});
    return sums.read();
  });
  check_loop(out, [](int lane) { return kRounds * kWgmmaLoopEach * 32 * product_of(lane / 4, 0, true); });
}

// Both forms of products by warpgroups, on what bulk copies bring with zeros behind the tensor's end.
TEST(instructions_warpgroups_multiply_what_bulk_copies_bring) {
  if (!has_sm90()) return;
  const auto a = halves(64 * 16, 1);
  const auto b = halves(128 * 56, 2);
  const auto at_b = [&](size_t row, size_t column) { return column < 56 ? f16_to_f32(b[row * 56 + column]) : 0.0f; };
  std::vector<double> expected;
  for (size_t i = 0; i < 64; ++i) {
    for (size_t j = 0; j < 64; ++j) {
      double sum = 0;
      for (size_t k = 0; k < 16; ++k) sum += double{f16_to_f32(a[i * 16 + k])} * at_b(j, k);
      for (size_t k = 0; k < 64; ++k) sum += at_b(64 + k, j);
      expected.push_back(sum);
    }
  }
  const simt::Buffer<uint16_t> a_d("a", a), b_d("b", b);
  const auto out = simt::same_in_every_schedule<float>([&] {
    const simt::Buffer<float> to("out", 64 * 64);
    simt::wrong::products(a_d.data(), b_d.data(), to.data(), simt::wrong::Mistake::kNone);
    return to.read();
  });
  CHECK(relative_l2(out, expected) <= 1e-6);
}
