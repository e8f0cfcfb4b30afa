// Paged attention over int8 keys and values: against double over what the blocks hold, which the kernel owes like any
// other, and over what was to be kept, which tells what int8 costs.
#include "check.h"
#include "cuda/attention_case.h"

using namespace ebb;
using namespace ebb::test;

namespace {

// Of the kernel: F16 weights and values, one rounding each. The arithmetic of the other paths keeps to 3e-3.
constexpr double kKernelBound = 1e-3;
// Of int8: a number is off by at most half its row's scale: 1/254 of the greatest of the row, and up to 3e-8 more
// where that is below 7.7e-3 and the scale a subnormal F16, which no row here is. Errors lie evenly, so that is
// 1/440 in the L2 norm, where the greatest of 32 to 256 normally distributed ones is 2.4 to 3.0 times the norm:
// 5.4e-3 to 6.9e-3. Values err by that; keys move the weights by as much again, which makes 8e-3 to 9e-3 on the
// average, and more of a row that sees few positions much.
constexpr double kInt8Bound = 1.5e-2;
constexpr double kInt8Average = 9e-3;

AttentionShape int8(int32_t heads, int32_t kv_heads, int32_t head_dim, int32_t window = 0) {
  return {heads, kv_heads, head_dim, window, EBB_KV_I8};
}

// Returns the error of what was to be kept.
double check_int8(const AttentionShape &shape, const std::vector<Part> &parts, Kind kind, bool all_schedules = true) {
  const AttentionCase attention(shape, parts);
  std::vector<float> out;
  if (all_schedules) {
    out = simt::same_in_every_schedule<float>([&] { return attention.run(Path::kMma, kind); });
  } else {
    simt::Machine::get().reset({simt::Schedule::kRandom, static_cast<uint64_t>(parts[0].first + 1)});
    out = attention.run(Path::kMma, kind);
    CHECK(simt::Machine::get().findings.empty());
  }
  const double stored = relative_l2(out, attention.expected());
  const double kept = relative_l2(out, attention.expected(Kept::kTrue));
  if (stored <= kKernelBound && kept <= kInt8Bound) return kept;
  fail(__FILE__, __LINE__, "head_dim " + std::to_string(shape.head_dim) + ", group " +
                               std::to_string(shape.heads / shape.kv_heads) + ", positions " +
                               std::to_string(parts[0].first) + " and " + std::to_string(parts[0].count) +
                               " more: error " + std::to_string(stored) + " of what is stored, " +
                               std::to_string(kept) + " of what was to be kept");
  return kept;
}

bool holds_part(const std::vector<float> &whole, int32_t first, const std::vector<float> &part, size_t width) {
  return std::equal(part.begin(), part.end(), whole.begin() + static_cast<int64_t>(width) * first);
}

}  // namespace

// Lengths around the eight scales of a copy, a block's 16, a span's 64 and a split's 512 positions.
TEST(cuda_attention_int8_decode_matches_double) {
  for (const int32_t length : {1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65, 129, 511, 512, 513, 1025, 2049}) {
    check_int8(int8(4, 1, 64), {{length - 1, 1}}, Kind::kFew);
  }
}

TEST(cuda_attention_int8_takes_groups_and_head_sizes) {
  for (const int32_t group : {1, 2, 3, 4, 5, 6, 7, 8}) {
    check_int8(int8(2 * group, 2, 64), {{99, 1}, {16, 1}}, Kind::kFew);
  }
  for (const int32_t head_dim : head_dims({32, 64, 96, 128, 256}, EBB_KV_I8)) {
    check_int8(int8(4, 2, head_dim), {{130, 1}, {0, 1}}, Kind::kFew);
    check_int8(int8(4, 2, head_dim), {{100, 45}}, Kind::kMany);
  }
}

TEST(cuda_attention_int8_prefill_matches_double) {
  for (const int32_t count : {1, 15, 31, 33, 65, 128}) check_int8(int8(3, 1, 64), {{0, count}}, Kind::kMany);
  check_int8(int8(4, 1, 64), {{490, 60}, {3, 30}}, Kind::kMany);
}

TEST(cuda_attention_int8_keeps_to_the_window) {
  for (const int32_t window : {1, 19, 64, 600}) {
    check_int8(int8(4, 2, 64, window), {{1100, 1}, {30, 1}}, Kind::kFew);
    check_int8(int8(4, 2, 64, window), {{520, 20}}, Kind::kMany);
  }
}

// Every group at every length once, head sizes by turns. What is taken of all shapes, and what of that runs in every
// schedule, goes by numbers prime to the 16 lengths and the 8 groups, so that neither sees the same few of the other.
TEST(cuda_shapes_of_int8_attention) {
  const auto dims = head_dims({32, 64, 96, 128, 256}, EBB_KV_I8);
  constexpr int32_t kLengths[] = {1, 15, 17, 31, 33, 63, 65, 127, 255, 257, 511, 513, 1023, 1025, 1537, 2049};
  double errors = 0;
  int32_t checked = 0;
  for (int32_t number = 0; number < static_cast<int32_t>(dims.size()) * 8 * 16; ++number) {
    const int32_t group = number / 16 % 8 + 1, length = kLengths[number % 16];
    const AttentionShape shape = int8(group, 1, dims[static_cast<size_t>(number / (8 * 16))]);
    if (number % 5 == 0) {
      errors += check_int8(shape, {{length - 1, 1}}, Kind::kFew, number % (5 * 9) == 0);
      ++checked;
    }
    if (number % 13 == 0) {
      const int32_t count = std::min(length, cuda::kMmaRows.many / group + 1);
      check_int8(shape, {{length - count, count}}, Kind::kMany, number % (13 * 7) == 0);
    }
  }
  CHECK_EQUAL(checked, (static_cast<int32_t>(dims.size()) * 8 * 16 + 4) / 5);
  CHECK_NEAR(errors / checked, 0, kInt8Average);
}

// A token alone by the decode kernel, or within a chunk by the prefill kernel, however the chunks are cut: the same
// bits.
TEST(cuda_attention_int8_does_not_depend_on_the_cut) {
  simt::Machine::get().reset({});
  for (const int32_t head_dim : head_dims({32, 64, 96, 128, 256}, EBB_KV_I8)) {
    const int32_t kv_heads = head_dim > 96 ? 1 : 2, heads = 3 * kv_heads;
    const AttentionShape shape = int8(heads, kv_heads, head_dim, head_dim % 64 == 0 ? 0 : 70);
    const auto whole = AttentionCase(shape, {{500, 90}}).run(Path::kMma, Kind::kMany);
    const auto width = static_cast<size_t>(heads * head_dim);
    for (const int32_t token : {0, 11, 12, 13, 39, 89}) {
      const AttentionCase alone(shape, {{500 + token, 1}});
      CHECK(holds_part(whole, token, alone.run(Path::kMma, Kind::kFew), width));
      CHECK(holds_part(whole, token, alone.run(Path::kMma, Kind::kMany), width));
    }
    for (const int32_t begin : {0, 1, 17, 43}) {
      for (const Kind kind : {Kind::kFew, Kind::kMany}) {
        const AttentionCase chunk(shape, {{500 + begin, 45}});
        CHECK(holds_part(whole, begin, chunk.run(Path::kMma, kind), width));
      }
    }
  }
  CHECK(simt::Machine::get().findings.empty());
}
