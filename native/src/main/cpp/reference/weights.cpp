#include "reference/weights.h"

#include "core/dequantize.h"

namespace ebb::reference {
namespace {

Floats load(const Tensor &tensor, TaskPool &pool) {
  if (!tensor) return {};
  Floats floats(static_cast<size_t>(tensor.rows * tensor.cols));
  pool.run(tensor.rows, [&](int64_t r, int) {
    dequantize_row(tensor.type, tensor.row(r), floats.data() + r * tensor.cols, tensor.cols);
  });
  return floats;
}

LayerWeights load_layer(const Layer &layer, TaskPool &pool) {
  LayerWeights w;
  w.attention_norm = load(layer.attention_norm, pool);
  w.q = load(layer.q, pool);
  w.k = load(layer.k, pool);
  w.v = load(layer.v, pool);
  w.q_bias = load(layer.q_bias, pool);
  w.k_bias = load(layer.k_bias, pool);
  w.v_bias = load(layer.v_bias, pool);
  w.q_norm = load(layer.q_norm, pool);
  w.k_norm = load(layer.k_norm, pool);
  w.attention_output = load(layer.attention_output, pool);
  w.attention_output_bias = load(layer.attention_output_bias, pool);
  w.ffn_norm = load(layer.ffn_norm, pool);
  w.ffn_gate = load(layer.ffn_gate, pool);
  w.ffn_up = load(layer.ffn_up, pool);
  w.ffn_down = load(layer.ffn_down, pool);
  return w;
}

}  // namespace

Weights load_weights(const Model &model, TaskPool &pool) {
  Weights weights;
  weights.token_embedding = load(model.token_embedding, pool);
  weights.output_norm = load(model.output_norm, pool);
  if (!model.tied) weights.output = load(model.output, pool);
  weights.layers.reserve(model.layers.size());
  for (const Layer &layer : model.layers) weights.layers.push_back(load_layer(layer, pool));
  return weights;
}

}  // namespace ebb::reference
