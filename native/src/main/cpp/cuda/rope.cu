// QK-norm, rotary embedding and the write of keys and values into their blocks, in one pass.
//
// A warp a head of a token: queries, then keys, then values. Bound by memory: 6 bytes an element, 5 of int8 keys and
// values.
#include "cuda/isa.cuh"
#include "cuda/kv_int8.cuh"
#include "cuda/launch.cuh"
#include "cuda/live.cuh"
#include "cuda/reduce.cuh"

namespace ebb::cuda {
namespace {

constexpr int kWarps = 4;
constexpr int kHeadMax = 256;

__device__ __forceinline__ void normalise(const float *weight, float epsilon, int n, float *head) {
  float squares = 0;
  for (int i = isa::lane(); i < n; i += 32) squares = isa::fma(head[i], head[i], squares);
  const float scale = 1.0f / sqrtf(warp_sum(squares) / static_cast<float>(n) + epsilon);
  for (int i = isa::lane(); i < n; i += 32) head[i] = head[i] * scale * weight[i];
}

// Lane i rotates pairs i, i + 32, ...
__device__ __forceinline__ void rotate(const Rope &op, int32_t position, float *head) {
  const int pairs = op.rope_dims / 2;
  const float *cosines = op.table + static_cast<int64_t>(position) * op.rope_dims;
  const float *sines = cosines + pairs;
  for (int i = isa::lane(); i < pairs; i += 32) {
    float &a = head[op.interleaved ? 2 * i : i];
    float &b = head[op.interleaved ? 2 * i + 1 : i + pairs];
    const float first = a;
    const float second = b;
    a = first * cosines[i] - second * sines[i];
    b = first * sines[i] + second * cosines[i];
  }
}

// A key's or value's head in its token's block: heads of keys lie before those of values.
struct Place {
  uint8_t *head;  // the block's first token of it
  int within;     // the token's row
};

__device__ __forceinline__ Place place_of(const Rope &op, int64_t token, int head) {
  const int64_t block = op.slots[token] / op.layout.block_tokens;
  const int64_t heads = 2 * static_cast<int64_t>(op.layout.kv_heads);
  const int64_t before = (block * op.layout.layers + op.layer) * heads + head - op.heads;
  return {op.kv + before * static_cast<int64_t>(op.layout.head_bytes()), op.slots[token] % op.layout.block_tokens};
}

// Where the head goes as F16: its query row, or its place in the token's block.
__device__ __forceinline__ uint16_t *target(const Rope &op, int64_t token, int head) {
  const int n = op.layout.head_dim;
  if (head < op.heads) return op.q + (token * op.heads + head) * n;
  const Place place = place_of(op, token, head);
  return reinterpret_cast<uint16_t *>(place.head) + place.within * n;
}

__global__ void __launch_bounds__(kWarps * 32) rope_kernel(Rope op) {
  EBB_SHARED(float, scratch, kWarps * kHeadMax);
  const int n = op.layout.head_dim;
  const int all = op.heads + 2 * op.layout.kv_heads;
  const int head = static_cast<int>(blockIdx.x) * kWarps + static_cast<int>(threadIdx.x / 32);
  if (head >= all || is_padding(op.live, blockIdx.y)) return;  // the whole warp; no barrier of the CTA follows
  const int64_t token = blockIdx.y;
  float *x = scratch + threadIdx.x / 32 * kHeadMax;
  const float *from = op.qkv + (token * all + head) * n;
  for (int i = isa::lane(); i < n; i += 32) x[i] = from[i];
  if (head < op.heads + op.layout.kv_heads) {
    const float *weight = head < op.heads ? op.q_norm : op.k_norm;
    if (weight != nullptr) normalise(weight, op.epsilon, n, x);
    isa::sync_warp();
    rotate(op, op.positions[token], x);
  }
  isa::sync_warp();
  if (op.layout.type == EBB_KV_I8 && head >= op.heads) {
    const Place place = place_of(op, token, head);
    return store_int8(x, n, place.head + place.within * n, place.head + op.layout.scales_offset() + 2 * place.within);
  }
  uint16_t *to = target(op, token, head);
  for (int i = isa::lane() * 2; i < n; i += 64) {
    const uint2 two = isa::load_8(x + i);  // one access of both: two apart would meet in one bank
    *reinterpret_cast<uint32_t *>(to + i) = isa::pack_half(isa::to_float(two.x), isa::to_float(two.y));
  }
}

}  // namespace

void rope(const Rope &op, Stream stream) {
  if (op.tokens == 0) return;
  const Shape shape{ceil_div(op.heads + 2 * op.layout.kv_heads, kWarps), static_cast<unsigned>(op.tokens), 1,
                    kWarps * 32};
  EBB_LAUNCH(rope_kernel, shape, stream, op);
}

}  // namespace ebb::cuda
