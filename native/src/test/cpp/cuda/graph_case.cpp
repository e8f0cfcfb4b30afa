#include "cuda/graph_case.h"

#include <algorithm>
#include <cstring>

#include "check.h"
#include "core/dequantize.h"
#include "cuda/link.h"
#include "cuda/sampling_case.h"

namespace ebb::test {

TinyConfig graph_model() {
  TinyConfig config;
  config.hidden = 32;
  config.heads = 4;
  config.kv_heads = 2;
  config.head_dim = 32;
  config.rope_dims = 32;
  config.ffn = 32;
  config.context = 2048;
  config.kv_type = EBB_KV_F16;
  return config;
}

GraphCase::GraphCase(const TinyConfig &config, int32_t places, uint64_t seed, Room room)
    : config_(config), model_(config), random_(seed), blocks_each_(config.context / 16),
      editions_(static_cast<size_t>(places), 0) {
  const auto open = [&](const char *graphs) {
    const Setting setting("EBB_CUDA_GRAPHS", graphs);
    return std::make_unique<TinySession>(link::backend(), model_, 1, places * blocks_each_);
  };
  plain_ = open("off");
  graphs_ = open("on");
  const Setting on("EBB_CUDA_GRAPHS", "on");
  if (room == Room::kAtOnce) graphs_->attach({512, std::max(places, 1), places});
}

// A place that is given anew has another edition, as the engine's blocks do.
int32_t GraphCase::free_place() {
  std::vector<int32_t> free;
  for (int32_t place = 0; place < static_cast<int32_t>(editions_.size()); ++place) {
    const bool used = std::any_of(sequences_.begin(), sequences_.end(),
                                  [&](const Sequence &sequence) { return sequence.place == place; });
    if (!used) free.push_back(place);
  }
  if (free.empty()) return -1;
  const int32_t place = free[static_cast<size_t>(below(static_cast<int32_t>(free.size())))];
  ++editions_[static_cast<size_t>(place)];
  return place;
}

void GraphCase::come() {
  const int32_t place = free_place();
  if (place < 0) return;
  Sequence sequence{place, {}, {}, 0};
  for (int32_t i = 1 + below(20); i > 0; --i) sequence.tokens.push_back(below(config_.vocabulary));
  sequences_.push_back(sequence);
}

void GraphCase::take_over(int32_t rows) {
  const int32_t place = free_place();
  if (place < 0) return;
  const size_t bytes = model_.kv_layout().block_bytes();
  const size_t begin = static_cast<size_t>(place * blocks_each_) * bytes;
  const auto blocks = static_cast<size_t>((rows + 15) / 16);
  const auto values = random_floats(blocks * bytes / 2, static_cast<uint32_t>(random_()), 0.5f);
  // Of int8 keys and values the same bytes are codes, and scales of up to a half.
  std::vector<uint16_t> halves(values.size());
  for (size_t i = 0; i < values.size(); ++i) halves[i] = f32_to_f16(values[i]);
  for (const auto *session : {plain_.get(), graphs_.get()}) {
    std::memcpy(session->kv() + begin, halves.data(), blocks * bytes);
  }
  sequences_.push_back({place, {below(config_.vocabulary)}, {}, rows});
}

void GraphCase::leave() {
  if (sequences_.empty()) return;
  sequences_.erase(sequences_.begin() + below(sequences()));
}

void GraphCase::preempt() {
  if (sequences_.empty()) return;
  Sequence &sequence = sequences_[static_cast<size_t>(below(sequences()))];
  if (sequence.known.empty()) return;
  sequence.tokens.insert(sequence.tokens.begin(), sequence.known.begin(), sequence.known.end());
  sequence.known.clear();
  sequence.rows = 0;
  ++editions_[static_cast<size_t>(sequence.place)];
}

Chunk GraphCase::chunk_of(const Sequence &sequence) const {
  Chunk chunk{sequence.tokens, sequence.rows, {}, false, {}};
  const int32_t end = sequence.rows + static_cast<int32_t>(sequence.tokens.size());
  for (int32_t b = 0; b * 16 < end; ++b) {
    chunk.blocks.push_back(sequence.place * blocks_each_ + b);
    chunk.editions.push_back(editions_[static_cast<size_t>(sequence.place)]);
  }
  return chunk;
}

// By the kernels out of the logits that the session keeps, or the greatest of those that it gives.
std::vector<int32_t> GraphCase::tokens_of(TinySession &session, TinyBatch &batch, int32_t rows, bool choose) {
  if (!choose) {
    std::vector<int32_t> tokens;
    for (int32_t row = 0; row < rows; ++row) {
      const auto logits = batch.logits(row);
      tokens.push_back(static_cast<int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin()));
    }
    return tokens;
  }
  SamplingCase sampling{config_.vocabulary, config_.vocabulary, {}, {}, {}};
  for (int32_t row = 0; row < rows; ++row) {
    ebb_draw draw = plain_draw(row, row % 2 == 0 ? 0.0f : 0.9f, 0.3);
    draw.top_k = row % 3 * 10;
    sampling.draws.push_back(draw);
  }
  SamplingBytes bytes(sampling);
  session.choose(bytes.get());
  return bytes.tokens();
}

void GraphCase::compute(const std::vector<Chunk> &chunks, int64_t fails, std::vector<int32_t> &tokens) {
  const bool choose = below(3) == 0;
  const auto rows = static_cast<int32_t>(chunks.size());
  TinyBatch plain(chunks, config_.vocabulary), graphs(chunks, config_.vocabulary);
  if (choose) plain.descriptor()->flags = graphs.descriptor()->flags = EBB_BATCH_KEEP_LOGITS;
  plain_->forward(plain);
  if (fails >= 0 && link::kSeen) {
    link::lose_device_after(static_cast<uint64_t>(fails));
    try {
      graphs_->forward(graphs);
    } catch (const Error &error) {
      CHECK_EQUAL(error.status(), EBB_DEVICE_LOST);
    }
    link::restore_device();
  }
  graphs_->forward(graphs);  // a step that failed is computed anew
  tokens = tokens_of(*plain_, plain, rows, choose);
  CHECK(tokens_of(*graphs_, graphs, rows, choose) == tokens);
  for (int32_t row = 0; row < rows; ++row) CHECK(graphs.logits(row) == plain.logits(row));
}

void GraphCase::step(int32_t count, int64_t fails) {
  if (sequences_.empty()) return;
  std::shuffle(sequences_.begin(), sequences_.end(), random_);
  const auto chosen = static_cast<size_t>(std::min(count, sequences()));
  std::vector<Chunk> chunks;
  for (size_t i = 0; i < chosen; ++i) chunks.push_back(chunk_of(sequences_[i]));
  std::vector<int32_t> tokens;
  compute(chunks, fails, tokens);
  for (size_t i = 0; i < chosen; ++i) {
    Sequence &sequence = sequences_[i];
    // Who took rows over does not know the tokens before, so it cannot be preempted.
    if (sequence.rows == static_cast<int32_t>(sequence.known.size())) {
      sequence.known.insert(sequence.known.end(), sequence.tokens.begin(), sequence.tokens.end());
    }
    sequence.rows += static_cast<int32_t>(sequence.tokens.size());
    sequence.tokens = {tokens[i]};
  }
}

bool GraphCase::same_memory() {
  const size_t bytes = editions_.size() * static_cast<size_t>(blocks_each_) * model_.kv_layout().block_bytes();
  return std::memcmp(plain_->kv(), graphs_->kv(), bytes) == 0;
}

}  // namespace ebb::test
