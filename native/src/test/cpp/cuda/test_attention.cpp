// Paged attention against double and against itself in other cuts of the same work.
#include "check.h"
#include "cuda/attention_case.h"

using namespace ebb;
using namespace ebb::test;

namespace {

void check_attention(const AttentionShape &shape, const std::vector<Part> &parts, int32_t rows_max) {
  const AttentionCase attention(shape, parts);
  const auto out = simt::same_in_every_schedule<float>([&] { return attention.run(rows_max); });
  const double error = relative_l2(out, attention.expected());
  if (!(error <= 1e-3)) {
    fail(__FILE__, __LINE__, "head_dim " + std::to_string(shape.head_dim) + ", first " +
                                 std::to_string(parts[0].first) + ": error " + std::to_string(error));
  }
}

}  // namespace

// Lengths around a block's 16, a span's 64 and a split's 512 positions.
TEST(cuda_attention_decode_matches_double) {
  for (const int32_t length : {1, 2, 15, 16, 17, 63, 64, 65, 511, 512, 513, 1025, 2049}) {
    check_attention({4, 1, 64}, {{length - 1, 1}}, cuda::kFewRows);
  }
}

// Groups of 1 to 8 heads, and all head sizes.
TEST(cuda_attention_takes_groups_and_head_sizes) {
  for (const int32_t group : {1, 2, 3, 4, 5, 6, 7, 8}) {
    check_attention({2 * group, 2, 64}, {{99, 1}, {16, 1}}, cuda::kFewRows);
  }
  for (const int32_t head_dim : {32, 64, 96, 128, 256}) {
    check_attention({4, 2, head_dim}, {{130, 1}, {0, 1}}, cuda::kFewRows);
    check_attention({4, 2, head_dim}, {{100, 45}}, cuda::kManyRows);
  }
}

TEST(cuda_attention_prefill_matches_double) {
  for (const int32_t count : {1, 15, 31, 33, 65, 128}) check_attention({3, 1, 64}, {{0, count}}, cuda::kManyRows);
  check_attention({4, 1, 64}, {{490, 60}, {3, 30}}, cuda::kManyRows);
}

TEST(cuda_attention_keeps_to_the_window) {
  for (const int32_t window : {1, 19, 64, 600}) {
    check_attention({4, 2, 64, window}, {{1100, 1}, {30, 1}}, cuda::kFewRows);
    check_attention({4, 2, 64, window}, {{520, 20}}, cuda::kManyRows);
  }
}

// A token alone by the decode kernel, or within a chunk by the prefill kernel: the same bits.
TEST(cuda_attention_does_not_depend_on_the_cut) {
  simt::Machine::get().reset({});
  for (const int32_t window : {0, 70}) {
    const AttentionShape shape{6, 2, 64, window};
    const auto whole = AttentionCase(shape, {{500, 40}}).run(cuda::kManyRows);
    const size_t width = 6 * 64;
    for (const int32_t token : {0, 11, 12, 13, 39}) {
      const auto alone = AttentionCase(shape, {{500 + token, 1}}).run(cuda::kFewRows);
      // The same seed makes the same keys, and the same queries of that position.
      CHECK(std::equal(alone.begin(), alone.end(), whole.begin() + token * static_cast<int64_t>(width)));
    }
  }
  CHECK(simt::Machine::get().findings.empty());
}

// Keys and values are read once for all heads of a group, in whole sectors, without bank conflicts.
TEST(cuda_attention_decode_moves_least_bytes) {
  const AttentionCase attention({8, 2, 128}, {{1535, 1}});
  simt::Machine::get().reset({});
  attention.run(cuda::kFewRows);
  const simt::Counters &counters = simt::Machine::get().counters;
  CHECK_NEAR(counters.shared_read.over_ideal(), 1.0, 0.05);
  CHECK_NEAR(counters.shared_write.over_ideal(), 1.0, 0.05);
  CHECK_NEAR(counters.global_read.over_ideal(), 1.0, 0.05);
  // Beyond keys and values: queries, positions, block tables, partial results.
  const double share = static_cast<double>(counters.cp_async * 16) / static_cast<double>(attention.kv_bytes());
  CHECK(share <= 1.02);
}
