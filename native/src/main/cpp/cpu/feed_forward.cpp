// The matrices around the residual stream, and the gate of the feed-forward network.
#include <algorithm>

#include "cpu/step.h"

namespace ebb::cpu {
namespace {

// Row tiles of a task: few when there is one tile of tokens, so that every thread
// gets work; more when there are many, so that weights are read less often.
int64_t row_tiles_each(const ActivationTiles &input) { return input.tiles() > 1 ? 4 : 2; }

}  // namespace

void feed_forward_up(Step &step, const LayerWeights &w) {
  constexpr int64_t kTiles = kBlock / kTileRows;  // rows that fill one block of the next input
  constexpr int64_t kRows = kTiles * kTileRows;
  const ActivationTiles &input = step.normed;
  const int64_t groups = (w.ffn_gate.tiles() + kTiles - 1) / kTiles;
  each_product(step, input, groups, [&](int64_t group, int64_t tile, ThreadScratch &scratch) {
    const int64_t row_tile = group * kTiles;
    const int64_t tiles = std::min(kTiles, w.ffn_gate.tiles() - row_tile);
    const int64_t rows = std::min(kRows, w.ffn_gate.rows - group * kRows);
    float *gate = scratch.products.reserve(kRows * kTokensMax);
    float *up = scratch.products2.reserve(kRows * kTokensMax);
    multiply(step, w.ffn_gate, input, tile, row_tile, tiles, gate, kRows);
    multiply(step, w.ffn_up, input, tile, row_tile, tiles, up, kRows);
    for (int t = 0; t < input.count(tile); ++t) {
      step.kernels.swiglu(gate + t * kRows, up + t * kRows, rows, gate + t * kRows);
      step.gated.write(input.begin(tile) + t, group * kRows, gate + t * kRows, rows);
    }
  });
}

void project_residual(Step &step, const PackedMatrix &matrix, const Floats &bias,
                      const ActivationTiles &input) {
  const int64_t each = row_tiles_each(input);
  const int64_t width = each * kTileRows;
  const int64_t groups = (matrix.tiles() + each - 1) / each;
  each_product(step, input, groups, [&](int64_t group, int64_t tile, ThreadScratch &scratch) {
    const int64_t row_tile = group * each;
    const int64_t tiles = std::min(each, matrix.tiles() - row_tile);
    const int64_t row = row_tile * kTileRows;
    const int64_t rows = std::min(width, matrix.rows - row);
    float *y = scratch.products.reserve(static_cast<size_t>(width) * kTokensMax);
    multiply(step, matrix, input, tile, row_tile, tiles, y, width);
    for (int t = 0; t < input.count(tile); ++t) {
      float *x = step.x.data() + (input.begin(tile) + t) * matrix.rows + row;
      const float *product = y + t * width;
      if (bias.empty()) {
        for (int64_t i = 0; i < rows; ++i) x[i] += product[i];
      } else {
        for (int64_t i = 0; i < rows; ++i) x[i] += product[i] + bias[static_cast<size_t>(row + i)];
      }
    }
  });
}

}  // namespace ebb::cpu
