// One span of 64 positions of flash attention, for 16 rows in a warp.
//
// The order is the same for every kernel: within a split of kSplitPositions at fixed places, spans
// in rising order, each one step of the online softmax (Milakov and Gimelshein, 2018; Dao et al.,
// 2022). A span that a row does not see leaves the row as it was, so it does not matter which
// other rows share the tile.
#ifndef EBB_CUDA_ATTENTION_SPAN_CUH
#define EBB_CUDA_ATTENTION_SPAN_CUH

#include "cuda/isa.cuh"
#include "cuda/ops.h"

namespace ebb::cuda {

// Bytes from row to row of a tile in shared memory, and where a 16-byte chunk of a row lies: chunks
// are exchanged within the row so that eight rows' same chunk falls into eight different banks.
template <int kHeadDim>
constexpr int kPitch = kHeadDim * 2 <= 128 ? 128 : kHeadDim * 2 <= 256 ? 256 : 512;

template <int kHeadDim>
__device__ __forceinline__ int chunk_at(int row, int chunk) {
  return row * kPitch<kHeadDim> + (chunk ^ (row & 7)) * 16;
}

// Rows i / 4 and i / 4 + 8 of the tile, in lane i.
template <int kColumns>
struct RowState {
  float out[kColumns / 8][4];  // columns 8j + 2 (i % 4) and the next, of both rows
  float greatest[2];           // score times log2(e)
  float sum[2];
  int32_t first[2];            // positions that the row sees
  int32_t last[2];
};

constexpr int kSpanTiles = kSpanPositions / 8;

// scores = q k^T: 16 rows, 64 positions.
template <int kHeadDim>
__device__ __forceinline__ void span_scores(const uint8_t *q, const uint8_t *keys, float (&scores)[kSpanTiles][4]) {
  const int lane = isa::lane();
  for (int n = 0; n < kSpanTiles; ++n) scores[n][0] = scores[n][1] = scores[n][2] = scores[n][3] = 0;
  EBB_UNROLL(2)
  for (int d = 0; d < kHeadDim / 32; ++d) {
    uint32_t a[2][4];
    for (int step = 0; step < 2; ++step) {
      isa::ldmatrix_x4(a[step], q + chunk_at<kHeadDim>(lane % 16, d * 4 + step * 2 + lane / 16));
    }
    for (int n = 0; n < kSpanTiles; ++n) {
      uint32_t b[4];
      isa::ldmatrix_x4(b, keys + chunk_at<kHeadDim>(n * 8 + lane % 8, d * 4 + lane / 8));
      isa::mma_half(scores[n], a[0], {b[0], b[1]});
      isa::mma_half(scores[n], a[1], {b[2], b[3]});
    }
  }
}

// Turns scores into weights relative to the new greatest score and returns, for both rows, by
// what the old sums shrink.
template <int kColumns>
__device__ __forceinline__ float2 span_softmax(int32_t span, float scale, RowState<kColumns> &state,
                                               float (&scores)[kSpanTiles][4]) {
  float shrink[2];
  for (int row = 0; row < 2; ++row) {
    float greatest = state.greatest[row];
    for (int n = 0; n < kSpanTiles; ++n) {
      for (int i = 0; i < 2; ++i) {
        const int32_t position = span + 8 * n + isa::lane() % 4 * 2 + i;
        float &score = scores[n][row * 2 + i];
        score = position >= state.first[row] && position <= state.last[row] ? score * scale : -INFINITY;
        greatest = fmaxf(greatest, score);
      }
    }
    greatest = fmaxf(greatest, isa::shuffle_xor(greatest, 1));
    greatest = fmaxf(greatest, isa::shuffle_xor(greatest, 2));
    const float base = greatest == -INFINITY ? 0.0f : greatest;
    float sum = 0;
    for (int n = 0; n < kSpanTiles; ++n) {
      for (int i = 0; i < 2; ++i) {
        float &score = scores[n][row * 2 + i];
        score = isa::exp2(score - base);
        sum += score;
      }
    }
    sum += isa::shuffle_xor(sum, 1);
    sum += isa::shuffle_xor(sum, 2);
    shrink[row] = isa::exp2(state.greatest[row] - base);
    state.sum[row] = isa::fma(state.sum[row], shrink[row], sum);
    state.greatest[row] = greatest;
  }
  return {shrink[0], shrink[1]};
}

template <int kColumns>
__device__ __forceinline__ void shrink_rows(const float2 &shrink, RowState<kColumns> &state) {
  for (int j = 0; j < kColumns / 8; ++j) {
    state.out[j][0] *= shrink.x;
    state.out[j][1] *= shrink.x;
    state.out[j][2] *= shrink.y;
    state.out[j][3] *= shrink.y;
  }
}

// Weights of positions 16k to 16k + 15 as the F16 operand of a product.
__device__ __forceinline__ void pack_weights(const float (&weights)[kSpanTiles][4], int k, uint32_t (&a)[4]) {
  a[0] = isa::pack_half(weights[2 * k][0], weights[2 * k][1]);
  a[1] = isa::pack_half(weights[2 * k][2], weights[2 * k][3]);
  a[2] = isa::pack_half(weights[2 * k + 1][0], weights[2 * k + 1][1]);
  a[3] = isa::pack_half(weights[2 * k + 1][2], weights[2 * k + 1][3]);
}

// out += weights * values.
template <int kHeadDim>
__device__ __forceinline__ void span_values(const uint8_t *values, const float (&weights)[kSpanTiles][4],
                                            RowState<kHeadDim> &state) {
  const int lane = isa::lane();
  for (int k = 0; k < kSpanPositions / 16; ++k) {
    uint32_t a[4];
    pack_weights(weights, k, a);
    for (int j = 0; j < kHeadDim / 16; ++j) {
      uint32_t b[4];
      isa::ldmatrix_x4_transposed(b, values + chunk_at<kHeadDim>(k * 16 + lane % 16, j * 2 + lane / 16));
      isa::mma_half(state.out[2 * j], a, {b[0], b[1]});
      isa::mma_half(state.out[2 * j + 1], a, {b[2], b[3]});
    }
  }
}

}  // namespace ebb::cuda

#endif  // EBB_CUDA_ATTENTION_SPAN_CUH
