// Keys and values as int8: written and read by a warp. core/kv_int8.h tells what codes and scales are; these are the
// same operations, so the same bits.
#ifndef EBB_CUDA_KV_INT8_CUH
#define EBB_CUDA_KV_INT8_CUH

#include "cuda/isa.cuh"

namespace ebb::cuda {

__device__ __forceinline__ uint32_t code_of(uint32_t bits, float inverse) {
  return static_cast<uint32_t>(static_cast<int>(rintf(isa::to_float(bits) * inverse))) & 0xFFu;
}

// Writes the `n` floats at x, in shared memory, n a multiple of 4, as codes and one scale.
__device__ __forceinline__ void store_int8(const float *x, int n, uint8_t *codes, uint8_t *scale_to) {
  // As bits, numbers without a sign rise like integers, and NaN is the greatest of all.
  uint32_t greatest = 0;
  for (int i = isa::lane(); i < n; i += 32) {
    const uint32_t bits = isa::to_bits(x[i]) & 0x7FFFFFFFu;
    greatest = bits > greatest ? bits : greatest;
  }
  for (int apart = 16; apart > 0; apart /= 2) {
    const uint32_t other = isa::shuffle_xor(greatest, apart);
    greatest = other > greatest ? other : greatest;
  }
  const float wanted = isa::to_float(greatest) / 127.0f;
  uint16_t bits = isa::float_to_half(wanted);
  if (isa::half_to_float(bits) < wanted) ++bits;
  const float scale = isa::half_to_float(bits);
  const float inverse = scale > 0 && scale < INFINITY ? 1.0f / scale : 0.0f;
  for (int i = isa::lane() * 4; i < n; i += 128) {
    const uint4 v = isa::load_16_shared(x + i);
    const uint32_t four = code_of(v.x, inverse) | code_of(v.y, inverse) << 8 | code_of(v.z, inverse) << 16 |
                          code_of(v.w, inverse) << 24;
    *reinterpret_cast<uint32_t *>(codes + i) = inverse > 0 ? four : 0;
  }
  if (isa::lane() == 0) *reinterpret_cast<uint16_t *>(scale_to) = bits;
}

// Two of a word's codes as F16, exactly. `two` takes byte 0 of the pair's first code and byte 2 of its second from the
// word, 0x64 from 4: 0x6400 | n is the F16 number 1024 + n.
__device__ __forceinline__ uint32_t code_pair(uint32_t word, uint32_t two) {
  // A signed byte plus 128 is its bits with the first turned; 1152 = 1024 + 128.
  return isa::subtract_half2(isa::permute(word ^ 0x80808080u, 0x64646464u, two), 0x64806480u);
}
constexpr uint32_t kCodes01 = 0x4140, kCodes23 = 0x4342, kCodes02 = 0x4240, kCodes13 = 0x4341;

}  // namespace ebb::cuda

#endif  // EBB_CUDA_KV_INT8_CUH
