// Rows of a packed table as floats.
//
// A CTA a token, a thread a column; few bytes, wherever they lie.
#include "cuda/launch.cuh"
#include "cuda/live.cuh"
#include "cuda/matrix.cuh"

namespace ebb::cuda {
namespace {

constexpr int kThreads = 256;

// The lane that owns a column within its group, and the column's place among that lane's eight.
struct Owner {
  int lane;
  int place;
};

__device__ __forceinline__ Owner owner_of(const Matrix &m, int64_t row, int column) {
  const int rows = static_cast<int>(row % 8) * 4;
  if (m.code == Matrix::kBytes) return {rows + column % 16 / 4, column / 16 * 4 + column % 4};
  return {rows + column / 8, column % 8};
}

__device__ __forceinline__ float piece_sum(const Matrix &m, int64_t index, const Owner &owner, int half) {
  const int pieces = m.code == Matrix::kHalves ? 1 : 2;
  const auto *codes = reinterpret_cast<const uint16_t *>(m.codes);
  float sum = 0;
  for (int piece = pieces - 1; piece >= 0; --piece) {
    sum += isa::half_to_float(codes[(index * pieces + piece) * 512 + half * 256 + owner.lane * 8 + owner.place]);
  }
  return sum * m.scale;
}

__device__ float weight_at(const Matrix &m, int64_t row, int64_t column) {
  const int64_t index = row / kTileRows * groups_of(m.columns) + column / kGroup;
  const Owner owner = owner_of(m, row, static_cast<int>(column % kGroup));
  const int half = static_cast<int>(row % kTileRows / 8);
  if (m.steps_per_group == 0) return piece_sum(m, index, owner, half);
  int code;
  if (m.code == Matrix::kNibbles) {
    const auto *words = reinterpret_cast<const uint32_t *>(m.codes);
    const int nibble = owner.place / 2 + owner.place % 2 * 4;
    code = static_cast<int>(words[index * 64 + owner.lane * 2 + half] >> (4 * nibble) & 15u) - m.code_offset;
  } else {
    code = static_cast<int8_t>(m.codes[index * 512 + owner.lane * 16 + half * 8 + owner.place]);
  }
  const int64_t step = m.steps_per_group == 2 ? index * 2 + column % kGroup / 16 : index;
  const float weight = m.steps[step * kTileRows + row % kTileRows] * static_cast<float>(code);
  return m.minima == nullptr ? weight : weight + m.minima[index * kTileRows + row % kTileRows];
}

__global__ void __launch_bounds__(kThreads, 1)
    embedding_kernel(Matrix table, const int32_t *token_ids, float *x, const int32_t *live) {
  if (is_padding(live, blockIdx.x)) return;
  const int64_t row = token_ids[blockIdx.x];
  EBB_UNROLL(1)
  for (int64_t i = threadIdx.x; i < table.columns; i += kThreads) {
    x[static_cast<int64_t>(blockIdx.x) * table.columns + i] = weight_at(table, row, i);
  }
}

}  // namespace

void embedding(const Matrix &table, const int32_t *token_ids, int64_t tokens, float *x, Stream stream,
               const int32_t *live) {
  if (tokens == 0) return;
  EBB_LAUNCH(embedding_kernel, (Shape{static_cast<unsigned>(tokens), 1, 1, kThreads}), stream, table, token_ids, x,
             live);
}

}  // namespace ebb::cuda
