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

void check_sizes(size_t bytes) {
  const auto before = random_bytes(6 * bytes);
  const std::vector<int32_t> source = {5, 0}, target = {1, 4};
  const simt::Buffer<int32_t> source_d("source", source), target_d("target", target);
  auto expected = before;
  for (size_t i = 0; i < 2; ++i) {
    std::copy_n(before.begin() + source[i] * static_cast<int64_t>(bytes), bytes,
                expected.begin() + target[i] * static_cast<int64_t>(bytes));
  }
  const auto copied = simt::same_in_every_schedule<uint8_t>([&] {
    const simt::Buffer<uint8_t> kv("kv", before);
    cuda::copy_blocks(kv.data(), bytes, source_d.data(), target_d.data(), 2, nullptr);
    return kv.read();
  });
  CHECK(copied == expected);
  const auto moved = simt::same_in_every_schedule<uint8_t>([&] {
    const simt::Buffer<uint8_t> kv("kv", before), packed("packed", 2 * bytes);
    cuda::pack_blocks(kv.data(), bytes, source_d.data(), 2, packed.data(), nullptr);
    cuda::unpack_blocks(packed.data(), bytes, target_d.data(), 2, kv.data(), nullptr);
    return kv.read();
  });
  CHECK(moved == expected);
}

}  // namespace

TEST(cuda_kv_blocks_copy_pack_and_unpack) {
  for (const size_t bytes : {16u, 4096u, 16384u, 16400u, 40000u}) check_sizes(bytes);
  const simt::Counters &counters = simt::Machine::get().counters;
  CHECK_NEAR(counters.global_read.over_ideal(), 1.0, 0.02);
}
