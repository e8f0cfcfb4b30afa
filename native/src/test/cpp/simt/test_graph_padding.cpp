// What of a shape is not there is neither read nor written: buffers have room for 64 sequences, bytes that nothing
// wrote are told apart, and a read of them is a finding.
#include <algorithm>
#include <set>
#include <utility>

#include "check.h"
#include "cuda/graph_case.h"
#include "cuda/graphs.h"
#include "simt/capture.h"
#include "simt/check_run.h"

using namespace ebb;
using namespace ebb::test;
using simt::Machine;

namespace {

// A buffer of the backend and the bytes of a row of it, where all rows are written whole.
struct Rows {
  const char *buffer;
  size_t bytes;
};

// Partial results lie by how many tokens a launch is made for: the bytes that the plain step and the graph wrote.
size_t partial_bytes(const TinyConfig &config, int32_t first, int32_t sequences) {
  const int32_t group = config.heads / config.kv_heads;
  std::set<int64_t> floats;
  const std::pair<int64_t, int64_t> launches[] = {{first, first},
                                                  {ebb::cuda::padded_sequences(sequences), sequences}};
  for (const auto &[tokens, live] : launches) {
    for (int64_t kv_head = 0; kv_head < config.kv_heads; ++kv_head) {
      for (int64_t row = kv_head * tokens * group; row < (kv_head * tokens + live) * group; ++row) {
        for (int64_t i = 0; i < config.head_dim; ++i) floats.insert(row * config.head_dim + i);
        for (int64_t i = 0; i < 2; ++i) floats.insert(tokens * config.heads * config.head_dim + row * 2 + i);
      }
    }
  }
  return floats.size() * sizeof(float);
}

// A plain step of `first` sequences with all their logits, whose shape is captured, then a graph of `sequences` with
// `outputs`.
void check_padding(const TinyConfig &config, int32_t first, int32_t sequences, int32_t outputs) {
  TinyModel model(config);
  const Setting setting("EBB_CUDA_GRAPHS", "on");
  TinySession session(ebb_backend_cuda_emulated(), model, 1, sequences);
  session.attach({64, 64, 64});
  const uint64_t launched = simt::Captures::get().launched;
  for (const auto &[count, rows] : {std::pair{first, first}, {sequences, outputs}}) {
    std::vector<Chunk> chunks;
    for (int32_t s = 0; s < count; ++s) chunks.push_back({{7 + s}, 0, {s}, false, {1}});
    TinyBatch batch(chunks, config.vocabulary);
    batch.descriptor()->outputs = static_cast<uint32_t>(rows);
    session.forward(batch);
  }
  CHECK_EQUAL(simt::Captures::get().launched, launched + 2);
  CHECK(Machine::get().findings.empty());

  const auto n = static_cast<size_t>(sequences);
  const auto heads = static_cast<size_t>(config.heads), head_dim = static_cast<size_t>(config.head_dim);
  const auto kv_heads = static_cast<size_t>(config.kv_heads), hidden = static_cast<size_t>(config.hidden);
  const size_t row = config.kv_type == EBB_KV_I8 ? head_dim + 2 : head_dim * 2;  // codes and their scale
  const Rows rows[] = {{"residual stream", hidden * 4},
                       {"residual branch", hidden * 4},
                       {"queries, keys and values", (heads + 2 * kv_heads) * head_dim * 4},
                       {"queries", heads * head_dim * 2},
                       {"attended", heads * head_dim * 2},
                       {"gate and up", static_cast<size_t>(config.ffn) * 8},
                       {"gated", static_cast<size_t>(config.ffn) * 2},
                       {"scales of gated", 4},
                       {"normed", hidden * 2},
                       // A row of each layer's heads, keys and values.
                       {"the device's KV blocks", 2 * static_cast<size_t>(config.layers) * kv_heads * row}};
  for (const Rows &all : rows) {
    const size_t written = Machine::get().global.bytes_written(all.buffer);
    if (written != n * all.bytes) {
      fail(all.buffer, sequences, std::to_string(written) + " bytes written, not " + std::to_string(n * all.bytes));
    }
  }
  CHECK_EQUAL(Machine::get().global.bytes_written("splits of attention"), partial_bytes(config, first, sequences));
  const auto logits = static_cast<size_t>(std::max(first, outputs)) * static_cast<size_t>(config.vocabulary) * 4;
  CHECK_EQUAL(Machine::get().global.bytes_written("logits"), logits);
}

// Sizes that are whole rows of products and of F16 rows, so that every byte of a row is written.
TinyConfig whole() {
  TinyConfig config = graph_model();
  config.hidden = config.ffn = 64;
  config.head_dim = config.rope_dims = 64;
  return config;
}

}  // namespace

TEST(simt_graph_padding_is_neither_read_nor_written) {
  for (const bool sm90 : {false, true}) {
    Machine::get().reset({});
    Machine::get().sm90 = sm90;
    // Products by each of their three kernels.
    for (const int32_t sequences : {3, 5, 9, 17, 33}) check_padding(whole(), sequences, sequences, sequences);
    check_padding(whole(), 9, 11, 3);
    check_padding(whole(), 3, 3, 0);
  }
  Machine::get().sm90 = false;
}

TEST(simt_graph_padding_is_neither_read_nor_written_as_int8) {
  Machine::get().reset({});
  TinyConfig config = whole();
  config.kv_type = EBB_KV_I8;
  for (const int32_t sequences : {3, 9}) check_padding(config, sequences, sequences, sequences);
}
