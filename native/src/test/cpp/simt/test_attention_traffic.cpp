// What paged attention moves and multiplies beside the least that its shape needs, by the emulator's counts.
#include "check.h"
#include "cuda/attention_case.h"

using namespace ebb;
using namespace ebb::test;

namespace {

// Products of an instruction: [16][16] * [16][8], or [64][16] * [16][64] of a warpgroup.
constexpr double kMmaProducts = 16 * 8 * 16;
constexpr double kWgmmaProducts = 64 * 64 * 16;

simt::Counters counters_of(const AttentionCase &attention, Path path, Kind kind) {
  simt::Machine::get().reset({});
  simt::Counters counters;
  attention.run(path, kind, &counters);
  CHECK(simt::Machine::get().findings.empty());
  return counters;
}

// Places with less than a thousandth of the bytes (positions, block tables) do not count.
constexpr double kShare = 0.001;

}  // namespace

// Keys and values are read once for all heads of a group, in whole sectors, without bank conflicts.
TEST(cuda_attention_decode_moves_least_bytes) {
  for (const int32_t group : {4, 8}) {
    const AttentionCase attention({2 * group, 2, 128}, {{1535, 1}});
    for (const Path path : attention_paths()) {
      const simt::Counters counters = counters_of(attention, path, Kind::kFew);
      CHECK(counters.shared_read.over_ideal() <= 1.05);
      CHECK(counters.shared_write.over_ideal() <= 1.05);
      CHECK(counters.worst_site(kShare) <= 1.05);
      const auto least = static_cast<double>(attention.kv_bytes());
      CHECK(static_cast<double>(counters.global_read.bytes) <= 1.02 * least);
      // The sums of the splits, which are merged: beside the bytes above, and few.
      CHECK(static_cast<double>(counters.global_write.bytes) <= 0.02 * least);
      CHECK(counters.cp_async * 16 + counters.bulk_bytes >= attention.kv_bytes());
    }
  }
}

// Of int8 half as many bytes, and the scales; the sums of the splits weigh twice beside them.
TEST(cuda_attention_int8_moves_least_bytes) {
  for (const int32_t group : {4, 8}) {
    const AttentionCase attention({2 * group, 2, 128, 0, EBB_KV_I8}, {{1535, 1}});
    const AttentionCase halves({2 * group, 2, 128}, {{1535, 1}});
    CHECK_EQUAL(attention.kv_bytes() * 2 * 128, halves.kv_bytes() * (128 + 2));
    const simt::Counters counters = counters_of(attention, Path::kMma, Kind::kFew);
    CHECK(counters.shared_read.over_ideal() <= 1.05);
    CHECK(counters.shared_write.over_ideal() <= 1.05);
    CHECK(counters.worst_site(kShare) <= 1.05);
    const auto least = static_cast<double>(attention.kv_bytes());
    CHECK(static_cast<double>(counters.global_read.bytes) <= 1.02 * least);
    CHECK(static_cast<double>(counters.global_write.bytes) <= 0.04 * least);
  }
  const AttentionCase prompt({8, 2, 128, 0, EBB_KV_I8}, {{200, 190}});
  const simt::Counters counters = counters_of(prompt, Path::kMma, Kind::kMany);
  CHECK(counters.worst_site(kShare) <= 1.05);
  CHECK(counters.shared_read.over_ideal() <= 1.05);
  CHECK(counters.shared_write.over_ideal() <= 1.05);
}

TEST(cuda_attention_prefill_moves_whole_sectors) {
  const AttentionCase attention({8, 2, 128}, {{200, 190}});
  for (const Path path : attention_paths()) {
    const simt::Counters counters = counters_of(attention, path, Kind::kMany);
    CHECK(counters.worst_site(kShare) <= 1.05);
    CHECK(counters.shared_read.over_ideal() <= 1.05);
    CHECK(counters.shared_write.over_ideal() <= 1.05);
  }
}

// A row meets all positions of the last span that it sees a part of, and of the tokens it shares a tile
// with: together at most a tenth of a prompt of 1024.
TEST(cuda_attention_prefill_multiplies_little_beyond_the_causal_shape) {
  const AttentionCase attention({4, 1, 64}, {{0, 1024}});
  const double products = 2.0 * 64 * static_cast<double>(attention.visible_pairs());
  for (const Path path : attention_paths()) {
    const simt::Counters counters = counters_of(attention, path, Kind::kMany);
    const bool mma = path == Path::kMma;
    const auto done = mma ? static_cast<double>(counters.mma) * kMmaProducts
                          : static_cast<double>(counters.wgmma) * kWgmmaProducts;
    CHECK(done >= products);
    CHECK(done <= 1.10 * products);
    CHECK_EQUAL(mma ? counters.wgmma : counters.mma, 0u);
  }
}

// The emulator rounds the sums of mma and wgmma in two ways, so that a row which is computed by one of
// them here and by the other there is seen: the two paths differ, each is equal to itself
// (cuda_attention_does_not_depend_on_the_cut).
TEST(cuda_attention_paths_are_told_apart) {
  const AttentionCase attention({4, 1, 64}, {{300, 1}});
  simt::Machine::get().reset({});
  CHECK(attention.run(Path::kMma, Kind::kFew) != attention.run(Path::kSm90, Kind::kFew));
}
