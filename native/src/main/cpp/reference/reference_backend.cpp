// The reference backend: the network written down plainly.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "core/backend_table.h"
#include "core/batch.h"
#include "core/kv_blocks.h"
#include "core/rope_table.h"
#include "core/task_pool.h"
#include "reference/ops.h"
#include "reference/weights.h"

namespace ebb::reference {
namespace {

// Rows of a matrix that a thread takes at a time.
constexpr int64_t kRowGrain = 16;

const float *or_null(const Floats &floats) { return floats.empty() ? nullptr : floats.data(); }

class ReferenceBackend {
 public:
  static constexpr const char *kName = "reference";

  static std::string describe() { return "reference: plain C++ in float, any processor"; }

  explicit ReferenceBackend(int threads)
      : pool_(threads), scratch_(static_cast<size_t>(threads)) {}

  void load_model(const ebb_model *descriptor) {
    if (loaded_) fail_argument("a model is loaded already");
    model_ = view_model(descriptor);
    weights_ = load_weights(model_, pool_);
    rope_table_ = RopeTable(model_);
    loaded_ = true;
  }

  void attach_kv(void *base, uint64_t bytes, int32_t blocks, const ebb_limits *) {
    if (!loaded_) fail_argument("load a model before attaching KV memory");
    memory_ = attach_blocks(model_.kv, base, bytes, blocks);
  }

  void copy_blocks(const int32_t *source, const int32_t *target, int32_t count) {
    copy_kv_blocks(memory_, source, target, count);
  }

  void forward(const ebb_batch *descriptor);

 private:
  void reserve();
  void project(const Floats &w, const Floats &bias, const Floats &x, int64_t rows, Floats &y);
  void attention_block(int layer);
  void normalise_heads(const Floats &weight, int32_t heads, Floats &x);
  void attend(int layer);
  void feed_forward_block(int layer);
  void logits();

  TaskPool pool_;
  bool loaded_ = false;
  Model model_;
  Weights weights_;
  RopeTable rope_table_;
  KvMemory memory_;

  Batch batch_;
  std::vector<int32_t> sequence_of_;  // of each token
  std::vector<Floats> scratch_;       // of each thread
  // Activations, [tokens, ...]; they only grow.
  Floats x_, normed_, q_, k_, v_, attended_, projected_, gate_, up_;
};

void ReferenceBackend::forward(const ebb_batch *descriptor) {
  if (memory_.base == nullptr) fail_argument("attach KV memory before the first step");
  batch_ = view_batch(descriptor, model_, memory_.blocks);
  if (batch_.tokens == 0) return;
  rope_table_.reserve(batch_.position_max);
  reserve();
  embedding(weights_.token_embedding.data(), batch_.token_ids, batch_.tokens, model_.hidden,
            x_.data());
  for (int layer = 0; layer < static_cast<int>(model_.layers.size()); ++layer) {
    attention_block(layer);
    feed_forward_block(layer);
  }
  logits();
}

void ReferenceBackend::reserve() {
  const auto tokens = static_cast<size_t>(batch_.tokens);
  const auto grow = [&](Floats &floats, int64_t width) {
    if (floats.size() < tokens * static_cast<size_t>(width)) {
      floats.resize(tokens * static_cast<size_t>(width));
    }
  };
  const int64_t q = int64_t{model_.heads} * model_.head_dim;
  const int64_t kv = int64_t{model_.kv_heads} * model_.head_dim;
  for (Floats *floats : {&x_, &normed_, &projected_}) grow(*floats, model_.hidden);
  for (Floats *floats : {&q_, &attended_}) grow(*floats, q);
  for (Floats *floats : {&k_, &v_}) grow(*floats, kv);
  for (Floats *floats : {&gate_, &up_}) grow(*floats, model_.ffn);
  sequence_of_.resize(tokens);
  for (int32_t s = 0; s < batch_.sequences; ++s) {
    std::fill(sequence_of_.begin() + batch_.sequence_indptr[s],
              sequence_of_.begin() + batch_.sequence_indptr[s + 1], s);
  }
}

// y [tokens, rows] = x [tokens, n] times w [rows, n] transposed, plus bias.
void ReferenceBackend::project(const Floats &w, const Floats &bias, const Floats &x, int64_t rows,
                               Floats &y) {
  const MatmulShape shape{batch_.tokens, rows, static_cast<int64_t>(w.size()) / rows};
  pool_.run_ranges(rows, kRowGrain, [&](int64_t begin, int64_t end) {
    matmul(w.data(), or_null(bias), x.data(), shape, begin, end, y.data());
  });
}

void ReferenceBackend::attention_block(int layer) {
  const LayerWeights &w = weights_.layers[static_cast<size_t>(layer)];
  const int64_t q_rows = int64_t{model_.heads} * model_.head_dim;
  const int64_t kv_rows = int64_t{model_.kv_heads} * model_.head_dim;
  rms_norm(x_.data(), w.attention_norm.data(), batch_.tokens, model_.hidden, model_.rms_epsilon,
           normed_.data());
  project(w.q, w.q_bias, normed_, q_rows, q_);
  project(w.k, w.k_bias, normed_, kv_rows, k_);
  project(w.v, w.v_bias, normed_, kv_rows, v_);
  normalise_heads(w.q_norm, model_.heads, q_);
  normalise_heads(w.k_norm, model_.kv_heads, k_);
  rope(rope_table_, model_, batch_.positions, batch_.tokens, model_.heads, q_.data());
  rope(rope_table_, model_, batch_.positions, batch_.tokens, model_.kv_heads, k_.data());
  kv_write(memory_, model_.kv, layer, batch_.slot_mapping, batch_.tokens, k_.data(), v_.data());
  attend(layer);
  project(w.attention_output, w.attention_output_bias, attended_, model_.hidden, projected_);
  add(x_.data(), projected_.data(), int64_t{batch_.tokens} * model_.hidden);
}

// QK-norm, where the model has it: each head is normalised by itself.
void ReferenceBackend::normalise_heads(const Floats &weight, int32_t heads, Floats &x) {
  if (weight.empty()) return;
  rms_norm(x.data(), weight.data(), int64_t{batch_.tokens} * heads, model_.head_dim,
           model_.rms_epsilon, x.data());
}

void ReferenceBackend::attend(int layer) {
  const int64_t tasks = int64_t{batch_.tokens} * model_.heads;
  const int32_t group = model_.heads / model_.kv_heads;
  pool_.run(tasks, [&](int64_t task, int thread) {
    const int64_t token = task / model_.heads;
    const auto head = static_cast<int32_t>(task % model_.heads);
    const int32_t position = batch_.positions[token];
    const AttentionView view{memory_,     model_.kv,
                             batch_.blocks_of(sequence_of_[static_cast<size_t>(token)]),
                             layer,       head / group,
                             model_.first_visible(position), position};
    attention(q_.data() + task * model_.head_dim, view, scratch_[static_cast<size_t>(thread)],
              attended_.data() + task * model_.head_dim);
  });
}

void ReferenceBackend::feed_forward_block(int layer) {
  const LayerWeights &w = weights_.layers[static_cast<size_t>(layer)];
  rms_norm(x_.data(), w.ffn_norm.data(), batch_.tokens, model_.hidden, model_.rms_epsilon,
           normed_.data());
  project(w.ffn_gate, {}, normed_, model_.ffn, gate_);
  project(w.ffn_up, {}, normed_, model_.ffn, up_);
  pool_.run_ranges(int64_t{batch_.tokens} * model_.ffn, 4096, [&](int64_t begin, int64_t end) {
    swiglu(gate_.data() + begin, up_.data() + begin, end - begin);
  });
  project(w.ffn_down, {}, gate_, model_.hidden, projected_);
  add(x_.data(), projected_.data(), int64_t{batch_.tokens} * model_.hidden);
}

// Normalises the wanted rows, packed together, and multiplies by the output matrix.
void ReferenceBackend::logits() {
  if (batch_.outputs == 0) return;
  const int64_t hidden = model_.hidden;
  for (int64_t r = 0; r < batch_.outputs; ++r) {
    rms_norm(x_.data() + batch_.output_rows[r] * hidden, weights_.output_norm.data(), 1, hidden,
             model_.rms_epsilon, normed_.data() + r * hidden);
  }
  const MatmulShape shape{batch_.outputs, model_.vocabulary, hidden};
  pool_.run_ranges(model_.vocabulary, kRowGrain, [&](int64_t begin, int64_t end) {
    matmul(weights_.output_matrix(), nullptr, normed_.data(), shape, begin, end, batch_.logits);
  });
}

}  // namespace
}  // namespace ebb::reference

extern "C" const ebb_backend *ebb_backend_reference(void) {
  return ebb::BackendTable<ebb::reference::ReferenceBackend>::get();
}
