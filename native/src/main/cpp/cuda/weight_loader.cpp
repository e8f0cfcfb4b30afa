#include "cuda/weight_loader.h"

#include <algorithm>
#include <cstdio>

#include "core/dequantize.h"

namespace ebb::cuda {

WeightLoader::WeightLoader(int threads, size_t buffer_bytes) : pool_(threads), buffer_bytes_(buffer_bytes) {}

WeightLoader::~WeightLoader() {
  for (Buffer &buffer : buffers_) {
    try {
      synchronize(buffer.stream.get());
    } catch (const std::exception &) {
      // What went wrong is on its way to the caller.
    }
  }
}

WeightLoader::Buffer &WeightLoader::next(size_t bytes) {
  Buffer &buffer = buffers_[turn_];
  turn_ = 1 - turn_;
  synchronize(buffer.stream.get());
  const size_t wanted = std::max(bytes, buffer_bytes_);
  if (buffer.bytes.size() < wanted) {
    buffer.pinned.release();
    buffer.bytes.resize(wanted);
    const std::string why = buffer.pinned.hold(buffer.bytes.data(), wanted);
    if (!why.empty()) unpinned_ = why;
  }
  return buffer;
}

Matrix WeightLoader::load(const Tensor &tensor, DeviceArray<uint8_t> &codes, DeviceArray<float> &steps,
                          DeviceArray<float> &minima) {
  Matrix matrix = packed_shape(tensor, pool_);
  const TileSizes sizes = tile_sizes(tensor, matrix);
  const int64_t tiles = tiles_of(tensor.rows);
  const auto all = static_cast<size_t>(tiles);
  uint8_t *to_codes = codes.reserve(all * sizes.codes);
  float *to_steps = steps.reserve(all * sizes.steps);
  float *to_minima = minima.reserve(all * sizes.minima);
  const size_t floats = sizes.steps + sizes.minima;
  const size_t tile_bytes = sizes.codes + floats * sizeof(float);
  const int64_t together = std::max<int64_t>(1, static_cast<int64_t>(buffer_bytes_ / tile_bytes));
  for (int64_t tile = 0; tile < tiles; tile += together) {
    const auto count = static_cast<size_t>(std::min(together, tiles - tile));
    const auto at = static_cast<size_t>(tile);
    Buffer &buffer = next(count * tile_bytes);
    // Codes are whole multiples of 256 bytes, so the floats behind them are aligned.
    uint8_t *packed = buffer.bytes.data();
    auto *packed_steps = reinterpret_cast<float *>(packed + count * sizes.codes);
    float *packed_minima = packed_steps + count * sizes.steps;
    pack_tiles(tensor, matrix, {tile, packed, packed_steps, packed_minima}, static_cast<int64_t>(count), pool_);
    const Stream stream = buffer.stream.get();
    upload(to_codes + at * sizes.codes, packed, count * sizes.codes, stream);
    if (sizes.steps > 0) upload(to_steps + at * sizes.steps, packed_steps, count * sizes.steps * 4, stream);
    if (sizes.minima > 0) upload(to_minima + at * sizes.minima, packed_minima, count * sizes.minima * 4, stream);
    sent_ += count * tile_bytes;
  }
  read_ += static_cast<uint64_t>(tensor.rows) * row_bytes(tensor.type, tensor.cols);
  matrix.codes = to_codes;
  matrix.steps = sizes.steps > 0 ? to_steps : nullptr;
  matrix.minima = sizes.minima > 0 ? to_minima : nullptr;
  return matrix;
}

void WeightLoader::load(const Tensor &tensor, DeviceArray<float> &floats) {
  const std::vector<float> values = to_floats(tensor);
  const size_t bytes = values.size() * sizeof(float);
  Buffer &buffer = next(bytes);
  std::copy_n(reinterpret_cast<const uint8_t *>(values.data()), bytes, buffer.bytes.data());
  upload(floats.reserve(values.size()), buffer.bytes.data(), bytes, buffer.stream.get());
  read_ += bytes;
  sent_ += bytes;
}

std::string WeightLoader::finish() {
  for (Buffer &buffer : buffers_) synchronize(buffer.stream.get());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  char text[256];
  std::snprintf(text, sizeof(text), "%.2f GB of weights, %.2f GB packed by %d threads, are on the device after %.1f s: "
                "%.2f GB/s", static_cast<double>(read_) / 1e9, static_cast<double>(sent_) / 1e9, pool_.threads(),
                seconds, static_cast<double>(sent_) / 1e9 / std::max(seconds, 1e-9));
  return unpinned_.empty() ? text : text + (", through memory that could not be pinned (" + unpinned_ + ")");
}

}  // namespace ebb::cuda
