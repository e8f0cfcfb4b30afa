// Logits of the wanted tokens.
#include <algorithm>
#include <cstring>

#include "cpu/step.h"

namespace ebb::cpu {

void logits(Step &step) {
  const Batch &batch = step.batch;
  const PackedMatrix &matrix = step.weights.output;
  const int64_t hidden = step.model.hidden;
  if (batch.outputs == 0) return;
  ActivationTiles &input = step.output_input;
  input.shape(step.kernels, batch.outputs, {&matrix});
  each_token(step, batch.outputs, hidden, [&](int64_t r) {
    thread_local Buffer row;
    float *y = row.reserve(static_cast<size_t>(hidden));
    step.kernels.rms_norm(step.x.data() + batch.output_rows[r] * hidden,
                          step.weights.output_norm.data(), hidden, step.model.rms_epsilon, y);
    input.write(r, 0, y, hidden);
  });
  constexpr int64_t kTiles = 8;
  constexpr int64_t kRows = kTiles * kTileRows;
  const int64_t groups = (matrix.tiles() + kTiles - 1) / kTiles;
  each_product(step, input, groups, [&](int64_t group, int64_t tile, ThreadScratch &scratch) {
    const int64_t row = group * kRows;
    float *y = scratch.products.reserve(kRows * kTokensMax);
    multiply(step, matrix, input, tile, group * kTiles,
             std::min(kTiles, matrix.tiles() - group * kTiles), y, kRows);
    const int64_t rows = std::min(kRows, matrix.rows - row);
    for (int t = 0; t < input.count(tile); ++t) {
      std::memcpy(batch.logits + (input.begin(tile) + t) * matrix.rows + row, y + t * kRows,
                  static_cast<size_t>(rows) * sizeof(float));
    }
  });
}

}  // namespace ebb::cpu
