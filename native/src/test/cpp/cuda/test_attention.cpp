// Paged attention against double and against itself in other cuts of the same work, by the
// instructions of every architecture.
#include "check.h"
#include "cuda/attention_case.h"

using namespace ebb;
using namespace ebb::test;

namespace {

void check_attention(const AttentionShape &shape, const std::vector<Part> &parts, Kind kind) {
  const AttentionCase attention(shape, parts);
  const auto expected = attention.expected();
  for (const Path path : attention_paths()) {
    const auto out = simt::same_in_every_schedule<float>([&] { return attention.run(path, kind); });
    const double error = relative_l2(out, expected);
    if (!(error <= 1e-3)) {
      fail(__FILE__, __LINE__, std::string(path_name(path)) + ", head_dim " + std::to_string(shape.head_dim) +
                                   ", first " + std::to_string(parts[0].first) + ": error " + std::to_string(error));
    }
  }
}

// The rows of `part` within those of `whole`, `width` floats a token.
bool holds_part(const std::vector<float> &whole, int32_t first, const std::vector<float> &part, size_t width) {
  return std::equal(part.begin(), part.end(), whole.begin() + static_cast<int64_t>(width) * first);
}

}  // namespace

// Lengths around a block's 16, a span's 64 and a split's 512 positions.
TEST(cuda_attention_decode_matches_double) {
  for (const int32_t length : {1, 2, 15, 16, 17, 63, 64, 65, 511, 512, 513, 1025, 2049}) {
    check_attention({4, 1, 64}, {{length - 1, 1}}, Kind::kFew);
  }
}

// Groups of 1 to 8 heads, and all head sizes.
TEST(cuda_attention_takes_groups_and_head_sizes) {
  for (const int32_t group : {1, 2, 3, 4, 5, 6, 7, 8}) {
    check_attention({2 * group, 2, 64}, {{99, 1}, {16, 1}}, Kind::kFew);
  }
  for (const int32_t head_dim : head_dims({32, 64, 96, 128, 256}, EBB_KV_F16)) {
    check_attention({4, 2, head_dim}, {{130, 1}, {0, 1}}, Kind::kFew);
    check_attention({4, 2, head_dim}, {{100, 45}}, Kind::kMany);
  }
}

TEST(cuda_attention_prefill_matches_double) {
  for (const int32_t count : {1, 15, 31, 33, 65, 128}) check_attention({3, 1, 64}, {{0, count}}, Kind::kMany);
  check_attention({4, 1, 64}, {{490, 60}, {3, 30}}, Kind::kMany);
}

TEST(cuda_attention_keeps_to_the_window) {
  for (const int32_t window : {1, 19, 64, 600}) {
    check_attention({4, 2, 64, window}, {{1100, 1}, {30, 1}}, Kind::kFew);
    check_attention({4, 2, 64, window}, {{520, 20}}, Kind::kMany);
  }
}

// A token alone by the decode kernel, or within a chunk by the prefill kernel, however the chunks are
// cut: the same bits.
TEST(cuda_attention_does_not_depend_on_the_cut) {
  simt::Machine::get().reset({});
  for (const Path path : attention_paths()) {
    for (const int32_t window : {0, 70}) {
      const AttentionShape shape{6, 2, 64, window};
      const auto whole = AttentionCase(shape, {{500, 90}}).run(path, Kind::kMany);
      const size_t width = 6 * 64;
      // The same seed makes the same keys, and the same queries of a position.
      for (const int32_t token : {0, 11, 12, 13, 39, 89}) {
        const AttentionCase alone(shape, {{500 + token, 1}});
        CHECK(holds_part(whole, token, alone.run(path, Kind::kFew), width));
        CHECK(holds_part(whole, token, alone.run(path, Kind::kMany), width));
      }
      for (const int32_t begin : {0, 1, 17, 43}) {
        for (const Kind kind : {Kind::kFew, Kind::kMany}) {
          const AttentionCase chunk(shape, {{500 + begin, 45}});
          CHECK(holds_part(whole, begin, chunk.run(path, kind), width));
        }
      }
    }
  }
  CHECK(simt::Machine::get().findings.empty());
}
