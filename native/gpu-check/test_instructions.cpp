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

// Half `i` of what a thread of a loop holds.
double held(int thread, int words, int i) {
  const uint32_t word = mixed_halves(static_cast<uint32_t>(thread * words + i / 2));
  return f16_to_f32(static_cast<uint16_t>(i % 2 == 0 ? word : word >> 16));
}

// a[row][k] of a warp's 16 rows, as its lanes hold it in four words each, from word `first`.
double left(int warp, int row, int k, int words, int first) {
  const int lane = row % 8 * 4 + k % 8 / 2;
  const int word = first + (row >= 8 ? 1 : 0) + (k >= 8 ? 2 : 0);
  return held(warp * 32 + lane, words, word * 2 + k % 2);
}

// b[k][column] of mma.sync's 8 columns.
double mma_right(int warp, int k, int column) {
  return held(warp * 32 + column * 4 + k % 8 / 2, kMmaLoopWords, (4 + k / 8) * 2 + k % 2);
}

// b[k][column] of wgmma's 64 columns: rows of 128 bytes whose pieces of 16 lie swapped by the row's number.
double wgmma_right(int k, int column) {
  const int piece = (column / 8) ^ (k % 8);
  return held(k * 8 + piece, kWgmmaLoopWords, column % 8);
}

// What a thread adds up: two rows of its warp times two columns of each eight.
double sum_of(int thread, int columns, const std::function<double(int row, int k)> &a,
              const std::function<double(int k, int column)> &b) {
  double sum = 0;
  for (const int row : {thread % 32 / 4, thread % 32 / 4 + 8}) {
    for (int column = thread % 4 * 2; column < columns; column += column % 2 == 0 ? 1 : 7) {
      for (int k = 0; k < 16; ++k) sum += a(row, k) * b(k, column);
    }
  }
  return sum;
}

void check_loop(const std::vector<float> &out, int threads, const std::function<double(int)> &expected) {
  std::vector<double> want;
  for (size_t i = 0; i < out.size(); ++i) want.push_back(expected(static_cast<int>(i) % threads));
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
    mma_loop({2, kRounds, sums.data()}, nullptr);
    return sums.read();
  });
  check_loop(out, kMmaLoopThreads, [](int thread) {
    const int warp = thread / 32;
    return kRounds * kMmaLoopChains *
           sum_of(thread, 8, [&](int row, int k) { return left(warp, row, k, kMmaLoopWords, 0); },
                  [&](int k, int column) { return mma_right(warp, k, column); });
  });
}

TEST(instructions_wgmma_loop_adds_up) {
  if (!has_sm90()) return;
  constexpr int kRounds = 2;
  const auto out = simt::same_in_every_schedule<float>([] {
    const simt::Buffer<float> sums("sums", 2 * kWgmmaLoopThreads);
    wgmma_loop({2, kRounds, sums.data()}, nullptr);
    return sums.read();
  });
  check_loop(out, kWgmmaLoopThreads, [](int thread) {
    const int warp = thread / 32;
    return kRounds * kWgmmaLoopEach *
           sum_of(thread, 64, [&](int row, int k) { return left(warp, row, k, kWgmmaLoopWords, 4); }, wgmma_right);
  });
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
