// Paged attention over the whole range of shapes: every length with every group and head size once, a part of them in
// every schedule. test_attention.cpp looks at single properties.
#include "check.h"
#include "cuda/attention_case.h"

using namespace ebb;
using namespace ebb::test;

namespace {

// Around a block's 16, a span's 64 and a split's 512 positions, up to five splits.
constexpr int32_t kLengths[] = {1,   2,   15,  16,  17,  31,   32,   33,   47,   48,   49,
                                63,  64,  65,  127, 128, 129,  255,  257,  511,  512,  513,
                                575, 577, 1023, 1024, 1025, 1535, 1537, 2047, 2048, 2049};
constexpr int32_t kGroups = 8;

std::vector<int32_t> all_head_dims() { return head_dims({64, 96, 128, 256}, EBB_KV_F16); }

void check_shape(const AttentionShape &shape, const Part &part, Kind kind, bool all_schedules) {
  const AttentionCase attention(shape, {part});
  // Neighbours take the instructions of another architecture.
  static size_t number = 0;
  const auto paths = attention_paths();
  const Path path = paths[number++ % paths.size()];
  std::vector<float> out;
  if (all_schedules) {
    out = simt::same_in_every_schedule<float>([&] { return attention.run(path, kind); });
  } else {
    simt::Machine::get().reset({simt::Schedule::kRandom, static_cast<uint64_t>(part.first + 1)});
    out = attention.run(path, kind);
    CHECK(simt::Machine::get().findings.empty());
  }
  const double error = relative_l2(out, attention.expected());
  if (error <= 1e-3) return;
  fail(__FILE__, __LINE__, std::string(path_name(path)) + ", head_dim " + std::to_string(shape.head_dim) + ", group " +
                               std::to_string(shape.heads / shape.kv_heads) + ", positions " +
                               std::to_string(part.first) + " and " + std::to_string(part.count) + " more: error " +
                               std::to_string(error));
}

}  // namespace

TEST(cuda_shapes_of_decode_attention) {
  int32_t number = 0;
  for (const int32_t head_dim : all_head_dims()) {
    for (int32_t group = 1; group <= kGroups; ++group) {
      for (const int32_t length : kLengths) {
        check_shape({group, 1, head_dim}, {length - 1, 1}, Kind::kFew, number++ % 16 == 0);
      }
    }
  }
}

// The last tokens of a prompt of each length, as many as make a tile and begin the next.
TEST(cuda_shapes_of_prefill_attention) {
  int32_t number = 0;
  for (const int32_t head_dim : all_head_dims()) {
    for (int32_t group = 1; group <= kGroups; ++group) {
      for (const int32_t length : kLengths) {
        // A third of all: neighbours differ in length, group and head size by turns.
        if (number++ % 3 != 0) continue;
        const int32_t count = std::min(length, cuda::kMmaRows.many / group + 1);
        check_shape({group, 1, head_dim}, {length - count, count}, Kind::kMany, number % 16 == 1);
      }
    }
  }
}

// Whole prompts at once.
TEST(cuda_shapes_of_whole_prompts) {
  for (const int32_t head_dim : all_head_dims()) check_shape({3, 1, head_dim}, {0, 130}, Kind::kMany, false);
  check_shape({1, 1, 64}, {0, 2049}, Kind::kMany, false);
}
