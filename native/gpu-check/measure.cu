#include "measure.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>

#include "cuda/check.cuh"
#include "cuda/device.h"
#include "cuda/matrix_pack.h"

namespace ebb::gpu_check {
namespace {

using namespace ebb::cuda;

// Median milliseconds of a few rounds, each long enough to measure.
double milliseconds(const std::function<void()> &work) {
  cudaEvent_t begin, end;
  check(cudaEventCreate(&begin), "an event");
  check(cudaEventCreate(&end), "an event");
  for (int i = 0; i < 3; ++i) work();
  std::vector<float> times;
  for (int round = 0; round < 7; ++round) {
    constexpr int kEach = 10;
    check(cudaEventRecord(begin), "an event");
    for (int i = 0; i < kEach; ++i) work();
    check(cudaEventRecord(end), "an event");
    check(cudaEventSynchronize(end), "a round");
    float ms = 0;
    check(cudaEventElapsedTime(&ms, begin, end), "an event");
    times.push_back(ms / kEach);
  }
  check(cudaEventDestroy(begin), "an event");
  check(cudaEventDestroy(end), "an event");
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

// Zeros: speed does not depend on the numbers (power does, a little).
template <typename T>
T *zeros(DeviceArray<T> &array, size_t count) {
  check(cudaMemset(array.reserve(count), 0, count * sizeof(T)), "cudaMemset");
  return array.data();
}

double copy_bytes_per_second() {
  constexpr size_t kBytes = size_t{1} << 30;
  DeviceArray<uint8_t> from("copy"), to("copy");
  zeros(from, kBytes);
  zeros(to, kBytes);
  const double ms = milliseconds([&] {
    check(cudaMemcpyAsync(to.data(), from.data(), kBytes, cudaMemcpyDeviceToDevice, nullptr), "a copy");
  });
  return 2 * static_cast<double>(kBytes) / ms * 1e3;
}

// 16 sequences of `context` tokens, or one of `queries` new ones; 32 heads, 8 KV heads of 128.
double attention_milliseconds(int32_t sequences, int32_t context, int32_t queries) {
  const KvLayout layout{1, 8, 16, 128, EBB_KV_F16};
  const int32_t heads = 32;
  const int32_t group = heads / layout.kv_heads;
  const int32_t blocks = context / layout.block_tokens;
  const int32_t tokens = sequences * queries;
  const TileRows most = device_is_sm90() ? sm90_rows(layout.head_dim) : kMmaRows;
  const int32_t rows_max = queries * group <= most.few ? most.few : most.many;
  std::vector<int32_t> positions, table(static_cast<size_t>(sequences * blocks));
  std::iota(table.begin(), table.end(), 0);
  std::vector<QueryTile> tiles;
  for (int32_t s = 0; s < sequences; ++s) {
    for (int32_t t = 0; t < queries; ++t) positions.push_back(context - queries + t);
    for (int32_t t = 0; t < queries; t += rows_max / group) {
      const int32_t count = std::min(rows_max / group, queries - t);
      const int32_t last = (context - queries + t + count - 1) / kSplitPositions;
      for (int32_t split = 0; split <= last; ++split) {
        tiles.push_back({s * queries + t, count * group, s * blocks, split});
      }
    }
  }
  const int32_t splits = (context - 1) / kSplitPositions + 1;
  DeviceArray<uint16_t> q("q"), to("to");
  DeviceArray<uint8_t> kv("kv");
  DeviceArray<float> partial("partial");
  DeviceArray<int32_t> positions_d("positions"), table_d("table");
  DeviceArray<QueryTile> tiles_d("tiles");
  const auto rows = static_cast<size_t>(tokens) * heads;
  zeros(kv, table.size() * layout.block_bytes());
  std::optional<TensorMap> map;
  if (device_is_sm90()) {
    const auto kv_rows = static_cast<int64_t>(table.size() * layout.block_bytes() / layout.token_bytes());
    map = tensor_rows(kv.data(), layout.head_dim, kv_rows, layout.block_tokens);
  }
  const Attention op{zeros(q, rows * 128),
                     positions_d.put(positions.data(), positions.size(), nullptr),
                     table_d.put(table.data(), table.size(), nullptr),
                     kv.data(), map ? &*map : nullptr, layout, 0, heads, 0, tokens, splits,
                     zeros(partial, rows * static_cast<size_t>(splits) * 130),
                     zeros(to, rows * 128)};
  tiles_d.put(tiles.data(), tiles.size(), nullptr);
  return milliseconds([&] {
    attention(op, tiles_d.data(), static_cast<int32_t>(tiles.size()), rows_max, nullptr);
    attention_merge(op, nullptr);
  });
}

double matmul_milliseconds(Matrix w, size_t code_bytes, int64_t tokens) {
  DeviceArray<uint8_t> codes("codes");
  DeviceArray<float> steps("steps"), y("y");
  DeviceArray<uint16_t> x("x");
  w.codes = zeros(codes, code_bytes);
  if (w.steps_per_group > 0) {
    w.steps = zeros(steps, static_cast<size_t>(tiles_of(w.rows) * groups_of(w.columns)) * kTileRows);
  }
  zeros(x, static_cast<size_t>(tokens * padded(w.columns)));
  zeros(y, static_cast<size_t>(tokens * w.rows));
  return milliseconds([&] { matmul({w, x.data(), nullptr, nullptr, y.data(), tokens, w.rows}, nullptr); });
}

}  // namespace

std::vector<Figure> measure() {
  const double bandwidth = copy_bytes_per_second();
  std::vector<Figure> figures = {{"copy", bandwidth / 1e9, "GB/s", 0}};
  for (const int32_t context : {1024, 8192, 32768}) {
    const int32_t sequences = 16;
    const double bytes = 2.0 * sequences * context * 8 * 128 * 2;
    const double rate = bytes / attention_milliseconds(sequences, context, 1) * 1e3;
    figures.push_back({"decode attention, 16 x " + std::to_string(context) + ", of copy", rate / 1e9, "GB/s",
                       rate / bandwidth});
  }
  const int32_t n = 4096;
  const double flops = 4.0 * n * (n + 1) / 2 * 32 * 128;
  figures.push_back({"prefill attention, 4096", flops / attention_milliseconds(1, n, n) / 1e9, "TFLOP/s", 0});
  const int32_t rows = 14336, columns = 4096;
  const auto groups = static_cast<size_t>(tiles_of(rows) * groups_of(columns));
  const Matrix halves{Matrix::kHalves, rows, columns, 0, 0, 1, nullptr, nullptr, nullptr};
  const Matrix nibbles{Matrix::kNibbles, rows, columns, 1, 8, 1, nullptr, nullptr, nullptr};
  const double half_rate = static_cast<double>(groups * 1024) / matmul_milliseconds(halves, groups * 1024, 1) * 1e3;
  figures.push_back({"product of one token, BF16 weights, of copy", half_rate / 1e9, "GB/s", half_rate / bandwidth});
  const auto nibble_bytes = static_cast<double>(groups * (256 + 4 * kTileRows));
  const double nibble_rate = nibble_bytes / matmul_milliseconds(nibbles, groups * 256, 1) * 1e3;
  figures.push_back({"product of one token, Q4_0 weights, of copy", nibble_rate / 1e9, "GB/s",
                     nibble_rate / bandwidth});
  const double many = 2.0 * rows * columns * 1024 / matmul_milliseconds(halves, groups * 1024, 1024) / 1e9;
  figures.push_back({"product of 1024 tokens, BF16 weights", many, "TFLOP/s", 0});
  return figures;
}

}  // namespace ebb::gpu_check
