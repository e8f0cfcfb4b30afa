#include "kernel_figures.h"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <optional>
#include <random>
#include <thread>

#include "core/dequantize.h"
#include "core/error.h"
#include "core/task_pool.h"
#include "cuda/device.h"
#include "cuda/matrix_pack.h"
#include "generated_model.h"
#include "stopwatch.h"

namespace ebb::gpu_check {
namespace {

constexpr int32_t kBlockTokens = 16;

// Fills device memory with F16 numbers in [-1, 1), a chunk over and over.
void fill(void *to, size_t bytes) {
  std::vector<uint16_t> chunk(std::min<size_t>(bytes / 2 + 1, 4u << 20));
  std::mt19937 bits(1);
  for (uint16_t &half : chunk) half = f32_to_f16(static_cast<float>(static_cast<int32_t>(bits())) / 2147483648.0f);
  for (size_t at = 0; at < bytes; at += 2 * chunk.size()) {
    cuda::upload(static_cast<uint8_t *>(to) + at, chunk.data(), std::min(bytes - at, 2 * chunk.size()), nullptr);
  }
  cuda::synchronize(nullptr);
}

int32_t copies_of(size_t bytes, size_t least_bytes) {
  return static_cast<int32_t>(std::max<size_t>(1, (least_bytes + bytes - 1) / bytes));
}

// A batch's inputs on the device; each copy of its keys and values is a layer.
class AttentionBatch {
 public:
  AttentionBatch(const AttentionFigure &what, size_t least_bytes) : what_(what) {
    layout_ = {1, what.kv_heads, kBlockTokens, what.head_dim, what.kv_type};
    layout_.layers = copies_of(static_cast<size_t>(blocks()) * layout_.block_bytes(), least_bytes);
    const bool sm90 = cuda::device_is_sm90() && what.kv_type == EBB_KV_F16 && !what.plain;
    rows_ = sm90 ? cuda::sm90_rows(what.head_dim) : cuda::kMmaRows;
    few_ = what.queries * group() <= rows_.few;
    put_indices();
    const auto rows = static_cast<size_t>(what.sequences * what.queries) * static_cast<size_t>(what.heads);
    fill(q_.reserve(rows * static_cast<size_t>(what.head_dim)), rows * static_cast<size_t>(what.head_dim) * 2);
    const size_t bytes = static_cast<size_t>(blocks()) * layout_.block_bytes();
    fill(kv_.reserve(bytes), bytes);
    partial_.reserve(rows * static_cast<size_t>(splits()) * static_cast<size_t>(what.head_dim + 2));
    to_.reserve(static_cast<size_t>(what.sequences * what.queries) *
                static_cast<size_t>(cuda::padded(int64_t{what.heads} * what.head_dim)));
    if (sm90) {
      map_ = cuda::tensor_rows(kv_.data(), what.head_dim, static_cast<int64_t>(bytes / layout_.token_bytes()),
                               kBlockTokens);
    }
  }

  // Keys and values of one run.
  size_t read_bytes() const {
    const size_t row = layout_.token_bytes() + layout_.scale_bytes();
    return 2 * row * static_cast<size_t>(what_.sequences) * static_cast<size_t>(what_.context) *
           static_cast<size_t>(what_.kv_heads);
  }

  void run(cuda::Stream stream) {
    cuda::Attention op{};
    op.q = q_.data();
    op.positions = positions_.data();
    op.block_table = table_.data();
    op.kv = kv_.data();
    op.kv_map = map_ ? &*map_ : nullptr;
    op.layout = layout_;
    op.layer = layer_;
    op.heads = what_.heads;
    op.tokens = what_.sequences * what_.queries;
    op.splits = splits();
    op.partial = partial_.data();
    op.to = to_.data();
    cuda::attention(op, tiles_.data(), tile_count_, few_ ? rows_.few : rows_.many, stream);
    cuda::attention_merge(op, stream);
    layer_ = (layer_ + 1) % layout_.layers;
  }

 private:
  int32_t group() const { return what_.heads / what_.kv_heads; }
  int32_t blocks_each() const { return (what_.context + kBlockTokens - 1) / kBlockTokens; }
  int32_t blocks() const { return what_.sequences * blocks_each(); }
  int32_t splits() const { return (what_.context - 1) / cuda::kSplitPositions + 1; }

  void put_indices() {
    std::vector<int32_t> positions, table(static_cast<size_t>(blocks()));
    std::iota(table.begin(), table.end(), 0);
    std::shuffle(table.begin(), table.end(), std::mt19937(1));
    std::vector<cuda::QueryTile> tiles;
    const int32_t first = what_.context - what_.queries;
    const int32_t each = (few_ ? rows_.few : rows_.many) / group();
    for (int32_t s = 0; s < what_.sequences; ++s) {
      for (int32_t t = 0; t < what_.queries; ++t) positions.push_back(first + t);
      for (int32_t t = 0; t < what_.queries; t += each) {
        const int32_t count = std::min(each, what_.queries - t);
        const int32_t last = (first + t + count - 1) / cuda::kSplitPositions;
        for (int32_t split = 0; split <= last; ++split) {
          tiles.push_back({s * what_.queries + t, count * group(), s * blocks_each(), split});
        }
      }
    }
    positions_.put(positions.data(), positions.size(), nullptr);
    table_.put(table.data(), table.size(), nullptr);
    tiles_.put(tiles.data(), tiles.size(), nullptr);
    tile_count_ = static_cast<int32_t>(tiles.size());
    cuda::synchronize(nullptr);  // the vectors go
  }

  AttentionFigure what_;
  KvLayout layout_;
  cuda::TileRows rows_{};
  bool few_ = false;
  int32_t layer_ = 0;
  int32_t tile_count_ = 0;
  std::optional<cuda::TensorMap> map_;
  cuda::DeviceArray<uint16_t> q_{"queries"}, to_{"attended"};
  cuda::DeviceArray<uint8_t> kv_{"keys and values"};
  cuda::DeviceArray<float> partial_{"splits"};
  cuda::DeviceArray<int32_t> positions_{"positions"}, table_{"block tables"};
  cuda::DeviceArray<cuda::QueryTile> tiles_{"query tiles"};
};

// A matrix in the layout of packed ones, with any numbers, as often as is wanted, one behind the other.
class ProductBatch {
 public:
  ProductBatch(const ProductFigure &what, size_t least_bytes) : what_(what) {
    const std::vector<uint8_t> bytes(static_cast<size_t>(what.rows) * row_bytes(what.type, what.columns), 0x22);
    const Tensor tensor{bytes.data(), what.type, what.rows, what.columns};
    TaskPool pool(std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 32));
    matrix_ = cuda::packed_shape(tensor, pool);
    const cuda::TileSizes sizes = cuda::tile_sizes(tensor, matrix_);
    const auto tiles = static_cast<size_t>(cuda::tiles_of(what.rows));
    code_bytes_ = tiles * sizes.codes;
    read_bytes_ = code_bytes_ + 4 * tiles * (sizes.steps + sizes.minima);
    copies_ = copies_of(read_bytes_, least_bytes);
    const auto copies = static_cast<size_t>(copies_);
    fill(codes_.reserve(code_bytes_ * copies), code_bytes_ * copies);
    step_count_ = tiles * sizes.steps;
    minimum_count_ = tiles * sizes.minima;
    const std::vector<float> steps(std::max(step_count_, minimum_count_) * copies, 0.01f);
    steps_.put(steps.data(), step_count_ * copies, nullptr);
    minima_.put(steps.data(), minimum_count_ * copies, nullptr);
    cuda::synchronize(nullptr);
    const auto x_count = static_cast<size_t>(what.tokens * cuda::padded(what.columns));
    fill(x_.reserve(x_count), x_count * 2);
    y_.reserve(static_cast<size_t>(what.tokens) * static_cast<size_t>(what.rows));
  }
  size_t read_bytes() const { return read_bytes_; }

  void run(cuda::Stream stream) {
    const auto turn = static_cast<size_t>(turn_);
    matrix_.codes = codes_.data() + code_bytes_ * turn;
    matrix_.steps = step_count_ == 0 ? nullptr : steps_.data() + step_count_ * turn;
    matrix_.minima = minimum_count_ == 0 ? nullptr : minima_.data() + minimum_count_ * turn;
    cuda::matmul({matrix_, x_.data(), nullptr, nullptr, y_.data(), what_.tokens, what_.rows}, stream);
    turn_ = (turn_ + 1) % copies_;
  }

 private:
  ProductFigure what_;
  cuda::Matrix matrix_{};
  size_t code_bytes_ = 0;
  size_t step_count_ = 0;
  size_t minimum_count_ = 0;
  size_t read_bytes_ = 0;
  int32_t copies_ = 1;
  int32_t turn_ = 0;
  cuda::DeviceArray<uint8_t> codes_{"weights"};
  cuda::DeviceArray<float> steps_{"steps"}, minima_{"minima"}, y_{"y"};
  cuda::DeviceArray<uint16_t> x_{"x"};
};

Figure of_copy(const std::string &name, double rate) { return {name, rate / 1e9, "GB/s", kCopy, rate}; }
Figure of_tensor(const std::string &name, double rate) { return {name, rate / 1e12, "TFLOP/s", kTensor, rate}; }

}  // namespace

std::vector<AttentionFigure> attention_list(bool wgmma) {
  std::vector<AttentionFigure> list;
  for (const ModelShape &shape : true_shapes()) {
    const auto add = [&](int32_t sequences, int32_t context, int32_t queries, ebb_kv_type kv_type = EBB_KV_F16,
                         bool plain = false) {
      const std::string what = std::string(queries == 1 ? kDecodeAttention : kPrefillAttention) +
                               (kv_type == EBB_KV_I8 ? " of int8, " : ", ");
      list.push_back({shape.name + ", " + what + std::to_string(sequences) + " x " + std::to_string(context) +
                          (plain ? ", by mma.sync" : ""),
                      shape.heads, shape.kv_heads, shape.head_dim, sequences, context, queries, kv_type, plain});
    };
    add(16, 1024, 1);
    add(16, 8192, 1);
    if (shape.hidden >= 4096) {
      add(1, 32768, 1);
      add(64, 2048, 1);
      add(1, 8192, 8192);
      add(16, 8192, 1, EBB_KV_I8);
      add(1, 2048, 2048, EBB_KV_I8);
      if (wgmma) {
        add(16, 8192, 1, EBB_KV_F16, true);
        add(1, 8192, 8192, EBB_KV_F16, true);
      }
    }
    add(1, 2048, 2048);
  }
  return list;
}

std::vector<ProductFigure> product_list() {
  const auto name = [](const char *type, int32_t rows, int32_t columns, int32_t tokens) {
    return std::string("product ") + type + " " + std::to_string(rows) + " x " + std::to_string(columns) + ", " +
           std::to_string(tokens) + (tokens == 1 ? " token" : " tokens");
  };
  std::vector<ProductFigure> list;
  for (const int32_t tokens : {1, 8, 16, 512, 4096}) {
    list.push_back({name("BF16", 14336, 4096, tokens), EBB_TYPE_BF16, 14336, 4096, tokens});
  }
  list.push_back({name("BF16", 4096, 14336, 4096), EBB_TYPE_BF16, 4096, 14336, 4096});
  list.push_back({name("Q8_0", 14336, 4096, 1), EBB_TYPE_Q8_0, 14336, 4096, 1});
  list.push_back({name("Q4_0", 14336, 4096, 1), EBB_TYPE_Q4_0, 14336, 4096, 1});
  list.push_back({name("Q4_K", 14336, 4096, 1), EBB_TYPE_Q4_K, 14336, 4096, 1});
  list.push_back({name("Q4_K", 14336, 4096, 512), EBB_TYPE_Q4_K, 14336, 4096, 512});
  return list;
}

Figure measure(const AttentionFigure &what, size_t least_bytes) {
  AttentionBatch batch(what, least_bytes);
  const double seconds = seconds_of([&](cuda::Stream stream) { batch.run(stream); });
  if (what.queries == 1) {
    return of_copy(what.name, static_cast<double>(batch.read_bytes()) / seconds);
  }
  // Causal: query i of n sees the positions before it, and its own.
  const double pairs = static_cast<double>(what.queries) * (what.context - what.queries) +
                       0.5 * what.queries * (what.queries + 1.0);
  return of_tensor(what.name, 4.0 * what.head_dim * what.heads * what.sequences * pairs / seconds);
}

Figure measure(const ProductFigure &what, size_t least_bytes) {
  ProductBatch batch(what, least_bytes);
  const double seconds = seconds_of([&](cuda::Stream stream) { batch.run(stream); });
  if (what.tokens <= 16) return of_copy(what.name, static_cast<double>(batch.read_bytes()) / seconds);
  return of_tensor(what.name, 2.0 * what.rows * what.columns * what.tokens / seconds);
}

void kernel_figures(const std::string &stage, const Print &print) {
  // torch_figures.py has the same.
  constexpr size_t kBeyondCaches = size_t{1} << 30;
  std::string failed;
  const auto print_one = [&](const auto &what) {
    try {
      print(measure(what, kBeyondCaches));
    } catch (const Error &error) {
      if (error.status() == EBB_DEVICE_LOST) throw;
      std::printf("%s was left out: %s\n", what.name.c_str(), error.what());
      if (error.status() != EBB_OUT_OF_MEMORY) failed = what.name + ": " + error.what();
    }
  };
  if (stage == kProducts) {
    for (const ProductFigure &what : product_list()) print_one(what);
  } else {
    for (const AttentionFigure &what : attention_list(cuda::device_is_sm90())) {
      if ((what.queries == 1) == (stage == kDecodeAttention)) print_one(what);
    }
  }
  if (!failed.empty()) throw Error(EBB_INTERNAL, failed);
}

std::string torch_list() {
  std::string lines;
  const auto add = [&](const std::string &kind, const std::string &name, std::initializer_list<int32_t> numbers) {
    lines += kind + "\t" + name;
    for (const int32_t n : numbers) lines += "\t" + std::to_string(n);
    lines += "\n";
  };
  for (const AttentionFigure &a : attention_list(false)) {
    if (a.kv_type != EBB_KV_F16) continue;
    add("attention", a.name, {a.sequences, a.context, a.queries, a.heads, a.kv_heads, a.head_dim});
  }
  for (const ProductFigure &p : product_list()) {
    if (p.type == EBB_TYPE_BF16) add("product", p.name, {p.rows, p.columns, p.tokens});
  }
  return lines;
}

}  // namespace ebb::gpu_check
