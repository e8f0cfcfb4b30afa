// Blocks arrive whole, and nothing else changes; sizes around a CTA's 16 KB.
#include "check.h"
#include "cuda/ops.h"
#include "simt/check_run.h"

using namespace ebb;
using namespace ebb::test;

namespace {

std::vector<uint8_t> random_bytes(size_t count) {
  std::mt19937 random(4);
  std::vector<uint8_t> bytes(count);
  for (uint8_t &byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

// `count` blocks to as many others, each from and to the far end of those that are left.
void check_sizes(size_t bytes, int32_t count) {
  const auto before = random_bytes(static_cast<size_t>(2 * count + 2) * bytes);
  std::vector<int32_t> source, target;
  for (int32_t i = 0; i < count; ++i) {
    source.push_back(i % 2 == 0 ? 2 * count + 1 - i : i - 1);
    target.push_back(i % 2 == 0 ? i + 1 : 2 * count + 1 - i);
  }
  const simt::Buffer<int32_t> source_d("source", source), target_d("target", target);
  auto expected = before;
  for (size_t i = 0; i < source.size(); ++i) {
    std::copy_n(before.begin() + source[i] * static_cast<int64_t>(bytes), bytes,
                expected.begin() + target[i] * static_cast<int64_t>(bytes));
  }
  const auto copied = simt::same_in_every_schedule<uint8_t>([&] {
    const simt::Buffer<uint8_t> kv("kv", before);
    cuda::copy_blocks(kv.data(), bytes, source_d.data(), target_d.data(), count, nullptr);
    return kv.read();
  });
  CHECK(copied == expected);
  const auto moved = simt::same_in_every_schedule<uint8_t>([&] {
    const simt::Buffer<uint8_t> kv("kv", before), packed("packed", source.size() * bytes);
    cuda::pack_blocks(kv.data(), bytes, source_d.data(), count, packed.data(), nullptr);
    cuda::unpack_blocks(packed.data(), bytes, target_d.data(), count, kv.data(), nullptr);
    return kv.read();
  });
  CHECK(moved == expected);
}

}  // namespace

TEST(cuda_kv_blocks_copy_pack_and_unpack) {
  for (const int32_t count : {1, 3, 31, 33, 129}) check_sizes(1040, count);  // 129: the blocks of 2,049 tokens
  for (const size_t bytes : {16u, 4096u, 16384u, 16400u, 40000u}) check_sizes(bytes, 2);
  const simt::Counters &counters = simt::Machine::get().counters;
  CHECK_NEAR(counters.global_read.over_ideal(), 1.0, 0.02);
}
