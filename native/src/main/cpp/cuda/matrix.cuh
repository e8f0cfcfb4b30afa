// Reading a packed matrix (matrix_pack.h) in a kernel: the codes of a lane as the F16
// fragments of tensor cores.
#ifndef EBB_CUDA_MATRIX_CUH
#define EBB_CUDA_MATRIX_CUH

#include "cuda/isa.cuh"
#include "cuda/matrix_pack.h"

namespace ebb::cuda {

template <Matrix::Code kCode>
constexpr int kPieces = kCode == Matrix::kHalfPairs ? 2 : 1;

// A group's weights of one lane, for the two steps of 16 columns.
template <int kCount>
struct Fragments {
  uint32_t a[kCount][2][4];
};

__device__ __forceinline__ void unpack_nibbles(uint32_t row0, uint32_t row8, uint32_t minus, uint32_t (&a)[2][4]) {
  for (int j = 0; j < 4; ++j) {
    // 0x6400 | n is the F16 number 1024 + n.
    const uint32_t low = (row0 >> (4 * j) & 0x000F000Fu) | 0x64006400u;
    const uint32_t high = (row8 >> (4 * j) & 0x000F000Fu) | 0x64006400u;
    a[j / 2][j % 2 * 2] = isa::subtract_half2(low, minus);
    a[j / 2][j % 2 * 2 + 1] = isa::subtract_half2(high, minus);
  }
}

// Signed bytes 2j and 2j + 1 of `word` as a pair.
__device__ __forceinline__ uint32_t unpack_bytes(uint32_t word, int j) {
  // A signed byte plus 128 is its bits with the first turned; 1152 = 1024 + 128.
  const uint32_t pair = isa::permute(word ^ 0x80808080u, 0x64646464u, j == 0 ? 0x4140u : 0x4342u);
  return isa::subtract_half2(pair, 0x64806480u);
}

__device__ __forceinline__ void unpack_byte_rows(const uint4 &v, uint32_t (&a)[2][4]) {
  const uint32_t words[2][2] = {{v.x, v.y}, {v.z, v.w}};
  for (int row = 0; row < 2; ++row) {
    for (int step = 0; step < 2; ++step) {
      a[step][row] = unpack_bytes(words[row][step], 0);
      a[step][2 + row] = unpack_bytes(words[row][step], 1);
    }
  }
}

// The weights of `group` in `tile`, `index` = tile * groups + group.
template <Matrix::Code kCode>
__device__ __forceinline__ void load_group(const Matrix &m, int64_t index, Fragments<kPieces<kCode>> &out) {
  const int lane = isa::lane();
  if constexpr (kCode == Matrix::kNibbles) {
    const uint32_t bias = 0x6400u + static_cast<uint32_t>(m.code_offset);
    const uint2 words = isa::load_8(m.codes + index * 256 + lane * 8);
    unpack_nibbles(words.x, words.y, bias | bias << 16, out.a[0]);
  } else if constexpr (kCode == Matrix::kBytes) {
    unpack_byte_rows(isa::load_16_stream(m.codes + index * 512 + lane * 16), out.a[0]);
  } else {
    for (int piece = 0; piece < kPieces<kCode>; ++piece) {
      const uint8_t *from = m.codes + (index * kPieces<kCode> + piece) * 1024 + lane * 16;
      const uint4 rows[2] = {isa::load_16_stream(from), isa::load_16_stream(from + 512)};
      for (int row = 0; row < 2; ++row) {
        out.a[piece][0][row] = rows[row].x;
        out.a[piece][0][2 + row] = rows[row].y;
        out.a[piece][1][row] = rows[row].z;
        out.a[piece][1][2 + row] = rows[row].w;
      }
    }
  }
}

}  // namespace ebb::cuda

#endif  // EBB_CUDA_MATRIX_CUH
