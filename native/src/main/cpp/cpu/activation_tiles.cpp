#include "cpu/activation_tiles.h"

namespace ebb::cpu {
namespace {

size_t row_bytes_of(int64_t columns) {
  return static_cast<size_t>(columns / kBlock) * kActivationBlockBytes;
}

}  // namespace

void ActivationTiles::shape(const Kernels &kernels, int64_t tokens,
                            std::initializer_list<const PackedMatrix *> readers) {
  kernels_ = &kernels;
  tokens_ = tokens;
  columns_ = (*readers.begin())->columns;
  tiles_ = (tokens + kernels.tile_tokens - 1) / kernels.tile_tokens;
  quantised_ = false;
  dense_ = false;
  for (const PackedMatrix *matrix : readers) {
    (is_quantised(matrix->format) ? quantised_ : dense_) = true;
  }
  const auto rows = static_cast<size_t>(tokens);
  const size_t bytes = rows * row_bytes_of(columns_);
  const size_t floats = rows * static_cast<size_t>(columns_);
  if (quantised_ && codes_.size() < bytes) codes_.resize(bytes);
  if (dense_ && floats_.size() < floats) floats_.resize(floats);
}

void ActivationTiles::write(int64_t token, int64_t column, const float *x, int64_t n) {
  const int64_t index = ((token + 1) * tiles_ - 1) / tokens_;  // greatest tile that begins by token
  const int64_t first = begin(index);
  const int width = count(index);
  const auto lane = static_cast<int>(token - first);
  if (quantised_) {
    uint8_t *base = codes_.data() + static_cast<size_t>(first) * row_bytes_of(columns_);
    kernels_->quantize(x, n / kBlock, base + static_cast<size_t>(width) * row_bytes_of(column),
                       width, lane);
  }
  if (dense_) {
    float *to = floats_.data() + first * columns_ + column * width + lane;
    for (int64_t i = 0; i < n; ++i) to[i * width] = x[i];
  }
}

const void *ActivationTiles::tile(int64_t index, Format format) const {
  const int64_t first = begin(index);
  if (!is_quantised(format)) return floats_.data() + first * columns_;
  return codes_.data() + static_cast<size_t>(first) * row_bytes_of(columns_);
}

}  // namespace ebb::cpu
