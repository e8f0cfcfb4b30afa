// Whole KV blocks: copied within the pool, packed into one buffer and unpacked from it.
//
// A CTA copies 16 KB of a block in steps of 16 bytes a thread; blocks are multiples of 16 bytes.
#include "cuda/isa.cuh"
#include "cuda/launch.cuh"

namespace ebb::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int64_t kPartBytes = 16 * 1024;

// Block `i` of the list lies at base + list[i] * bytes, or at base + i * bytes without a list.
struct Blocks {
  uint8_t *base;
  const int32_t *list;
};

__device__ __forceinline__ uint8_t *block_at(const Blocks &blocks, int64_t i, int64_t bytes) {
  return blocks.base + (blocks.list == nullptr ? i : blocks.list[i]) * bytes;
}

__global__ void __launch_bounds__(kThreads) kv_blocks_kernel(Blocks from, Blocks to, int64_t bytes) {
  const uint8_t *source = block_at(from, blockIdx.y, bytes);
  uint8_t *target = block_at(to, blockIdx.y, bytes);
  const int64_t begin = static_cast<int64_t>(blockIdx.x) * kPartBytes;
  const int64_t end = begin + kPartBytes < bytes ? begin + kPartBytes : bytes;
  for (int64_t at = begin + threadIdx.x * 16; at < end; at += kThreads * 16) {
    isa::store_16(target + at, isa::load_16(source + at));
  }
}

void start(const Blocks &from, const Blocks &to, size_t block_bytes, int32_t count, Stream stream) {
  if (count == 0) return;
  const auto bytes = static_cast<int64_t>(block_bytes);
  const Shape shape{ceil_div(bytes, kPartBytes), static_cast<unsigned>(count), 1, kThreads};
  EBB_LAUNCH(kv_blocks_kernel, shape, stream, from, to, bytes);
}

}  // namespace

void copy_blocks(uint8_t *kv, size_t block_bytes, const int32_t *source, const int32_t *target, int32_t count,
                 Stream stream) {
  start({kv, source}, {kv, target}, block_bytes, count, stream);
}

void pack_blocks(const uint8_t *kv, size_t block_bytes, const int32_t *blocks, int32_t count, uint8_t *to,
                 Stream stream) {
  start({const_cast<uint8_t *>(kv), blocks}, {to, nullptr}, block_bytes, count, stream);
}

void unpack_blocks(const uint8_t *from, size_t block_bytes, const int32_t *blocks, int32_t count, uint8_t *kv,
                   Stream stream) {
  start({const_cast<uint8_t *>(from), nullptr}, {kv, blocks}, block_bytes, count, stream);
}

}  // namespace ebb::cuda
