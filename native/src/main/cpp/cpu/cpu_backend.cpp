// The cpu backend: the order of the stages.
#include "core/backend_table.h"
#include "core/kv_blocks.h"
#include "cpu/features.h"
#include "cpu/step.h"

namespace ebb::cpu {
namespace {

void require_supported(const Model &model) {
  if (model.kv.type == EBB_KV_I8) {
    throw Error(EBB_UNSUPPORTED, "cpu: keys and values as int8 are not supported; set EBB_KV_TYPE to f16 or f32, or "
                                 "leave it out");
  }
}

class CpuBackend {
 public:
  static constexpr const char *kName = "cpu";

  static std::string describe() { return describe_choice(); }

  explicit CpuBackend(int threads) : step_(choose_kernels(), threads) {}

  void load_model(const ebb_model *descriptor) {
    if (loaded_) fail_argument("a model is loaded already");
    step_.model = view_model(descriptor);
    require_supported(step_.model);
    step_.weights = load_weights(step_.model, step_.pool);
    step_.rope = RopeTable(step_.model);
    loaded_ = true;
  }

  void attach_kv(void *base, uint64_t bytes, int32_t blocks, const ebb_limits *) {
    if (!loaded_) fail_argument("load a model before attaching KV memory");
    step_.memory = attach_blocks(step_.model.kv, base, bytes, blocks);
  }

  void copy_blocks(const int32_t *source, const int32_t *target, int32_t count) {
    copy_kv_blocks(step_.memory, source, target, count);
  }

  void forward(const ebb_batch *descriptor) {
    if (step_.memory.base == nullptr) fail_argument("attach KV memory before the first step");
    step_.batch = view_batch(descriptor, step_.model, step_.memory.blocks);
    if (step_.batch.tokens == 0) return;
    prepare(step_);
    embed(step_);
    for (size_t layer = 0; layer < step_.weights.layers.size(); ++layer) run_layer(layer);
    logits(step_);
  }

 private:
  void run_layer(size_t index) {
    const LayerWeights &w = step_.weights.layers[index];
    const int layer = static_cast<int>(index);
    const int64_t tokens = step_.batch.tokens;
    step_.normed.shape(step_.kernels, tokens, {&w.q, &w.k, &w.v});
    normalise(step_, w.attention_norm, step_.normed);
    project_heads(step_, layer);
    step_.attended_tiles.shape(step_.kernels, tokens, {&w.attention_output});
    attend(step_, layer);
    project_residual(step_, w.attention_output, w.attention_output_bias, step_.attended_tiles);

    step_.normed.shape(step_.kernels, tokens, {&w.ffn_gate, &w.ffn_up});
    normalise(step_, w.ffn_norm, step_.normed);
    step_.gated.shape(step_.kernels, tokens, {&w.ffn_down});
    feed_forward_up(step_, w);
    project_residual(step_, w.ffn_down, {}, step_.gated);
  }

  Step step_;
  bool loaded_ = false;
};

}  // namespace
}  // namespace ebb::cpu

extern "C" const ebb_backend *ebb_backend_cpu(void) {
  return ebb::BackendTable<ebb::cpu::CpuBackend>::get();
}
