// Products of every stored type against double, and the same bits alone and among others.
#include "check.h"
#include "cuda/cuda_fixture.h"
#include "cuda/ops.h"

using namespace ebb;
using namespace ebb::test;

namespace {

constexpr ebb_type kTypes[] = {EBB_TYPE_F32, EBB_TYPE_F16, EBB_TYPE_BF16, EBB_TYPE_Q4_0, EBB_TYPE_Q4_1, EBB_TYPE_Q5_0,
                               EBB_TYPE_Q5_1, EBB_TYPE_Q8_0, EBB_TYPE_Q4_K, EBB_TYPE_Q5_K, EBB_TYPE_Q6_K};

std::vector<double> expected(const Tensor &w, const std::vector<uint16_t> &x, int64_t tokens, const float *bias) {
  const std::vector<float> weights = to_floats(w);
  std::vector<double> y;
  for (int64_t t = 0; t < tokens; ++t) {
    for (int64_t r = 0; r < w.rows; ++r) {
      double sum = bias == nullptr ? 0 : bias[r];
      for (int64_t i = 0; i < w.cols; ++i) {
        sum += double{weights[static_cast<size_t>(r * w.cols + i)]} *
               f16_to_f32(x[static_cast<size_t>(t * cuda::padded(w.cols) + i)]);
      }
      y.push_back(sum);
    }
  }
  return y;
}

std::vector<float> product(const DeviceMatrix &w, const std::vector<uint16_t> &x, int64_t tokens) {
  const simt::Buffer<uint16_t> x_d("x", x);
  const simt::Buffer<float> y("y", static_cast<size_t>(tokens * w.get().rows));
  cuda::matmul({w.get(), x_d.data(), nullptr, nullptr, y.data(), tokens, w.get().rows}, nullptr);
  return y.read();
}

void check_product(ebb_type type, int64_t rows, int64_t columns, int64_t tokens) {
  const StoredMatrix stored(type, rows, columns, 5);
  const DeviceMatrix w(stored.tensor());
  const auto x = random_half_rows(tokens, columns, 6);
  const auto y = simt::same_in_every_schedule<float>([&] { return product(w, x, tokens); });
  const double error = relative_l2(y, expected(stored.tensor(), x, tokens, nullptr));
  if (error > 1e-5) {
    fail(__FILE__, __LINE__, std::string(type_name(type)) + ", " + std::to_string(tokens) + " tokens: error " +
                                 std::to_string(error));
  }
}

}  // namespace

// Rows around a tile of 16; columns of one group, of an odd number, of fewer than the four parts.
TEST(cuda_matmul_matches_double) {
  for (const ebb_type type : kTypes) {
    const int64_t least = type_block_elements(type) > 32 ? 256 : 32;
    for (const int64_t tokens : {1, 3, 8, 9, 33}) {
      check_product(type, 17, 3 * least, tokens);
      check_product(type, 16, least, tokens);
    }
  }
}

// Batches around the kernels' 8, 32 and 64 tokens, up to those of a long chunk; one row to many tiles of rows.
TEST(cuda_matmul_takes_all_shapes) {
  for (const ebb_type type : {EBB_TYPE_BF16, EBB_TYPE_Q8_0, EBB_TYPE_Q4_0, EBB_TYPE_Q4_K}) {
    const int64_t columns = type_block_elements(type) > 32 ? 256 : 96;
    for (const int64_t tokens : {1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 129, 513}) {
      check_product(type, tokens % 2 == 0 ? 16 : 33, columns, tokens);
    }
    for (const int64_t rows : {1, 15, 31, 64, 65, 513, 2049}) check_product(type, rows, columns, 2);
  }
  check_product(EBB_TYPE_Q8_0, 16, 64, 2049);
  check_product(EBB_TYPE_Q6_K, 17, 256 * 9, 3);
}

// Plain floats may end anywhere in a group.
TEST(cuda_matmul_takes_ragged_columns) {
  for (const ebb_type type : {EBB_TYPE_F32, EBB_TYPE_F16, EBB_TYPE_BF16}) {
    for (const int64_t columns : {1, 2, 15, 16, 17, 31, 33, 48, 63, 65, 72, 100, 576, 2049}) {
      check_product(type, 5, columns, 2);
    }
  }
}

// Alone, among 16, 40 or 130 others, anywhere in the batch: three kernels, the same bits.
TEST(cuda_matmul_does_not_depend_on_the_batch) {
  simt::Machine::get().reset({});
  for (const ebb_type type : {EBB_TYPE_BF16, EBB_TYPE_Q4_1, EBB_TYPE_Q6_K}) {
    const StoredMatrix stored(type, 40, 768, 5);
    const DeviceMatrix w(stored.tensor());
    const auto x = random_half_rows(131, 768, 6);
    const auto all = product(w, x, 131);
    for (const int64_t tokens : {1, 2, 16, 41}) {
      for (const int64_t first : {0, 7, 90}) {
        const auto some = product(w, {x.begin() + first * 768, x.begin() + (first + tokens) * 768}, tokens);
        CHECK((some == std::vector<float>(all.begin() + first * 40, all.begin() + (first + tokens) * 40)));
      }
    }
  }
}

// Rows of y lie further apart than they are long, as those of a fused product do.
TEST(cuda_matmul_adds_bias_and_scales_rows) {
  const StoredMatrix stored(EBB_TYPE_BF16, 20, 64, 5);
  const DeviceMatrix w(stored.tensor());
  const auto x = random_half_rows(3, 64, 6);
  const auto bias = random_floats(20, 7);
  const auto before = random_floats(3 * 24, 8);
  const std::vector<float> scales = {1, 4, 0.5f};
  const simt::Buffer<uint16_t> x_d("x", x);
  const simt::Buffer<float> bias_d("bias", bias), scales_d("scales", scales);
  const auto after = simt::same_in_every_schedule<float>([&] {
    const simt::Buffer<float> y("y", before);
    cuda::matmul({w.get(), x_d.data(), scales_d.data(), bias_d.data(), y.data(), 3, 24}, nullptr);
    return y.read();
  });
  const auto sums = expected(stored.tensor(), x, 3, nullptr);
  for (size_t t = 0; t < 3; ++t) {
    for (size_t r = 0; r < 24; ++r) {
      const double want = r < 20 ? sums[t * 20 + r] * scales[t] + bias[r] : before[t * 24 + r];
      CHECK_NEAR(after[t * 24 + r], want, 1e-5 * std::fabs(want) + 1e-5);
    }
  }
}

// Weights are read once and in whole sectors; activations and results are small beside them.
TEST(cuda_matmul_reads_weights_once) {
  for (const ebb_type type : {EBB_TYPE_BF16, EBB_TYPE_Q8_0, EBB_TYPE_Q4_0}) {
    const StoredMatrix stored(type, 64, 1024, 5);
    const DeviceMatrix w(stored.tensor());
    const auto x = random_half_rows(1, 1024, 6);
    simt::Machine::get().reset({});
    product(w, x, 1);
    const simt::Traffic &read = simt::Machine::get().counters.global_read;
    CHECK_NEAR(read.over_ideal(), 1.0, 0.01);
    CHECK(simt::Machine::get().findings.empty());
  }
}
