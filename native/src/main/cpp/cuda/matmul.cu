// Products of packed weights with F16 activations on tensor cores.
//
// Weights are the 16-row operand, tokens the 8-column one, so that few tokens waste little.
// Codes are exact in F16 and scaled in float once a group. For few tokens a CTA is one tile
// of 16 rows and its four warps are the four parts of the columns: bound by the bytes of the
// weights. For many, a warp has a tile and 64 tokens and goes through the parts itself. Either
// way an element is the same sum in the same order.
#include "cuda/launch.cuh"
#include "cuda/live.cuh"
#include "cuda/matrix.cuh"

namespace ebb::cuda {
namespace {

constexpr int kParts = 4;
constexpr int kThreads = kParts * 32;

struct Parameters {
  Matrix w;
  const uint16_t *x;
  const float *x_scales;
  const float *bias;
  float *y;
  int32_t tokens;
  int64_t y_stride;
  const int32_t *live;
};

// Sums of rows i / 4 and i / 4 + 8 for tokens 8n + 2 (i % 4) and the next, in lane i.
template <int kTokenTiles>
struct Sums {
  float c[kTokenTiles][4];
};

__device__ __forceinline__ void scale_into(float (&sum)[4], float row0, float row8, const float (&c)[4]) {
  sum[0] = isa::fma(row0, c[0], sum[0]);
  sum[1] = isa::fma(row0, c[1], sum[1]);
  sum[2] = isa::fma(row8, c[2], sum[2]);
  sum[3] = isa::fma(row8, c[3], sum[3]);
}

// The lane's eight activations of the group at `x`, in the order of its codes.
template <Matrix::Code kCode>
__device__ __forceinline__ uint4 load_activations(const uint16_t *x) {
  if constexpr (kCode == Matrix::kBytes) {
    const uint2 low = isa::load_8(x + isa::lane() % 4 * 4);
    const uint2 high = isa::load_8(x + 16 + isa::lane() % 4 * 4);
    return {low.x, low.y, high.x, high.y};
  } else {
    return isa::load_16(x + isa::lane() % 4 * 8);
  }
}

// One group's products for one tile of tokens, added to `sum`.
template <Matrix::Code kCode>
__device__ __forceinline__ void multiply_group(const Parameters &p, const Fragments<kPieces<kCode>> &weights,
                                               const uint4 &x, int64_t index, float (&sum)[4]) {
  const uint32_t b[2][2] = {{x.x, x.y}, {x.z, x.w}};
  if constexpr (kCode == Matrix::kNibbles || kCode == Matrix::kBytes) {
    const int row = isa::lane() / 4;
    const float *steps = p.w.steps + index * p.w.steps_per_group * kTileRows + row;
    float c[4] = {};
    isa::mma_half(c, weights.a[0][0], b[0]);
    if (p.w.steps_per_group == 2) {
      scale_into(sum, steps[0], steps[8], c);
      c[0] = c[1] = c[2] = c[3] = 0;
      steps += kTileRows;
    }
    isa::mma_half(c, weights.a[0][1], b[1]);
    scale_into(sum, steps[0], steps[8], c);
    if (p.w.minima != nullptr) {
      const uint32_t ones[4] = {0x3C003C00u, 0x3C003C00u, 0x3C003C00u, 0x3C003C00u};
      float total[4] = {};
      isa::mma_half(total, ones, b[0]);
      isa::mma_half(total, ones, b[1]);
      const float *minima = p.w.minima + index * kTileRows + row;
      scale_into(sum, minima[0], minima[8], total);
    }
  } else {
    for (int step = 0; step < 2; ++step) {
      // The least piece first: it would be lost behind the others.
      for (int piece = kPieces<kCode> - 1; piece >= 0; --piece) {
        isa::mma_half(sum, weights.a[piece][step], b[step]);
      }
    }
  }
}

// Part `part` of the columns, for `kTokenTiles` tiles of the `tokens` there are, from `token` on.
template <Matrix::Code kCode, int kTokenTiles>
__device__ __forceinline__ void multiply_part(const Parameters &p, int64_t tile, int32_t tokens, int32_t token,
                                              int part, Sums<kTokenTiles> &sums) {
  const int64_t groups = groups_of(p.w.columns);
  const int64_t stride = padded(p.w.columns);
  const int lane = isa::lane();
  const uint16_t *x[kTokenTiles];
  for (int n = 0; n < kTokenTiles; ++n) {
    // Columns of tokens that are not there repeat the last one and are not stored.
    const int32_t mine = token + 8 * n + lane / 4;
    x[n] = p.x + (mine < tokens ? mine : tokens - 1) * stride;
    sums.c[n][0] = sums.c[n][1] = sums.c[n][2] = sums.c[n][3] = 0;
  }
  for (int64_t group = groups * part / kParts; group < groups * (part + 1) / kParts; ++group) {
    const int64_t index = tile * groups + group;
    Fragments<kPieces<kCode>> weights;
    load_group<kCode>(p.w, index, weights);
    for (int n = 0; n < kTokenTiles; ++n) {
      multiply_group<kCode>(p, weights, load_activations<kCode>(x[n] + group * kGroup), index, sums.c[n]);
    }
  }
}

__device__ __forceinline__ void store(const Parameters &p, int64_t row, int32_t tokens, int32_t token, float sum) {
  if (row >= p.w.rows || token >= tokens) return;
  sum *= p.w.scale;
  if (p.x_scales != nullptr) sum *= p.x_scales[token];
  if (p.bias != nullptr) sum += p.bias[row];
  p.y[token * p.y_stride + row] = sum;
}

// CTAs that an SM must hold, so that its warps keep weights coming; 0 leaves the registers to the compiler, which takes
// a few too many for two tiles of bytes.
template <Matrix::Code kCode, int kTokenTiles>
constexpr int kFewCtas = kCode == Matrix::kBytes && kTokenTiles == 2 ? 8 : 0;

// A CTA: one tile of rows, its warps the parts. Grid: tiles of rows, groups of tokens.
template <Matrix::Code kCode, int kTokenTiles>
__global__ void __launch_bounds__(kThreads, kFewCtas<kCode, kTokenTiles>) matmul_few_kernel(Parameters p) {
  EBB_SHARED(float, partial, kParts * kTokenTiles * 4 * 32);
  const int warp = static_cast<int>(threadIdx.x / 32);
  const int lane = isa::lane();
  const int32_t token = static_cast<int32_t>(blockIdx.y) * 8 * kTokenTiles;
  const int32_t tokens = live_of(p.live, p.tokens);
  if (token >= tokens) return;
  Sums<kTokenTiles> sums;
  multiply_part<kCode, kTokenTiles>(p, blockIdx.x, tokens, token, warp, sums);
  for (int n = 0; n < kTokenTiles; ++n) {
    for (int i = 0; i < 4; ++i) partial[((warp * kTokenTiles + n) * 4 + i) * 32 + lane] = sums.c[n][i];
  }
  isa::sync_threads();
  // Warp i sums element i of every lane.
  for (int n = 0; n < kTokenTiles; ++n) {
    const int at = (n * 4 + warp) * 32 + lane;
    float sum = partial[at];
    for (int part = 1; part < kParts; ++part) sum += partial[part * kTokenTiles * 128 + at];
    store(p, static_cast<int64_t>(blockIdx.x) * kTileRows + lane / 4 + warp / 2 * 8, tokens,
          token + 8 * n + lane % 4 * 2 + warp % 2, sum);
  }
}

// A warp: one tile of rows, all parts. Grid: four tiles of rows, groups of tokens.
template <Matrix::Code kCode, int kTokenTiles>
__global__ void __launch_bounds__(kThreads, 1) matmul_many_kernel(Parameters p) {
  const int64_t tile = static_cast<int64_t>(blockIdx.x) * 4 + threadIdx.x / 32;
  const int lane = isa::lane();
  const int32_t token = static_cast<int32_t>(blockIdx.y) * 8 * kTokenTiles;
  const int32_t tokens = live_of(p.live, p.tokens);
  if (tile * kTileRows >= p.w.rows || token >= tokens) return;  // the whole warp; no barrier follows
  Sums<kTokenTiles> total;
  multiply_part<kCode, kTokenTiles>(p, tile, tokens, token, 0, total);
  for (int part = 1; part < kParts; ++part) {
    Sums<kTokenTiles> sums;
    multiply_part<kCode, kTokenTiles>(p, tile, tokens, token, part, sums);
    for (int n = 0; n < kTokenTiles; ++n) {
      for (int i = 0; i < 4; ++i) total.c[n][i] += sums.c[n][i];
    }
  }
  for (int n = 0; n < kTokenTiles; ++n) {
    for (int i = 0; i < 4; ++i) {
      store(p, tile * kTileRows + lane / 4 + i / 2 * 8, tokens, token + 8 * n + lane % 4 * 2 + i % 2, total.c[n][i]);
    }
  }
}

template <Matrix::Code kCode>
void start(const Parameters &p, Stream stream) {
  constexpr int kManyTiles = 8;
  const auto tiles = static_cast<unsigned>(tiles_of(p.w.rows));
  if (p.tokens <= 8) {
    EBB_LAUNCH((matmul_few_kernel<kCode, 1>), (Shape{tiles, 1, 1, kThreads}), stream, p);
  } else if (p.tokens <= 32) {
    EBB_LAUNCH((matmul_few_kernel<kCode, 2>), (Shape{tiles, ceil_div(p.tokens, 16), 1, kThreads}), stream, p);
  } else {
    const Shape shape{ceil_div(tiles, 4), ceil_div(p.tokens, 8 * kManyTiles), 1, kThreads};
    EBB_LAUNCH((matmul_many_kernel<kCode, kManyTiles>), shape, stream, p);
  }
}

}  // namespace

void matmul(const Matmul &op, Stream stream) {
  if (op.tokens == 0) return;
  const Parameters p{op.w, op.x,        op.x_scales, op.bias, op.y, static_cast<int32_t>(op.tokens),
                     op.y_stride, op.live};
  switch (op.w.code) {
    case Matrix::kNibbles: return start<Matrix::kNibbles>(p, stream);
    case Matrix::kBytes: return start<Matrix::kBytes>(p, stream);
    case Matrix::kHalves: return start<Matrix::kHalves>(p, stream);
    case Matrix::kHalfPairs: return start<Matrix::kHalfPairs>(p, stream);
  }
}

}  // namespace ebb::cuda
