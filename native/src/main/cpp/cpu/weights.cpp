#include "cpu/weights.h"

namespace ebb::cpu {
namespace {

constexpr size_t kAlignment = 64;

Floats vector_of(const Tensor &tensor) { return tensor ? to_floats(tensor) : Floats(); }

// A matrix to pack and where it goes.
struct Order {
  const Tensor *tensor;
  PackedMatrix *matrix;
  size_t offset;
};

class Orders {
 public:
  void add(const Tensor &tensor, PackedMatrix &matrix) {
    matrix = packed_shape(tensor);
    orders_.push_back({&tensor, &matrix, bytes_});
    bytes_ += (matrix.bytes() + kAlignment - 1) / kAlignment * kAlignment;
  }

  WeightMemory pack(TaskPool &pool) {
    WeightMemory memory(bytes_);
    for (const Order &order : orders_) {
      uint8_t *to = memory.data() + order.offset;
      order.matrix->data = to;
      pool.run(order.matrix->tiles(), [&](int64_t tile, int) {
        pack_tiles(*order.tensor, tile, tile + 1, to);
      });
    }
    return memory;
  }

 private:
  std::vector<Order> orders_;
  size_t bytes_ = 0;
};

void load_layer(const Layer &from, LayerWeights &to, Orders &orders) {
  to.attention_norm = vector_of(from.attention_norm);
  to.ffn_norm = vector_of(from.ffn_norm);
  to.q_bias = vector_of(from.q_bias);
  to.k_bias = vector_of(from.k_bias);
  to.v_bias = vector_of(from.v_bias);
  to.attention_output_bias = vector_of(from.attention_output_bias);
  to.q_norm = vector_of(from.q_norm);
  to.k_norm = vector_of(from.k_norm);
  orders.add(from.q, to.q);
  orders.add(from.k, to.k);
  orders.add(from.v, to.v);
  orders.add(from.attention_output, to.attention_output);
  orders.add(from.ffn_gate, to.ffn_gate);
  orders.add(from.ffn_up, to.ffn_up);
  orders.add(from.ffn_down, to.ffn_down);
}

}  // namespace

Weights load_weights(const Model &model, TaskPool &pool) {
  Weights weights;
  weights.layers.resize(model.layers.size());  // once: orders keep addresses of matrices
  Orders orders;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    load_layer(model.layers[i], weights.layers[i], orders);
  }
  weights.output_norm = vector_of(model.output_norm);
  orders.add(model.output, weights.output);
  weights.memory = orders.pack(pool);
  return weights;
}

}  // namespace ebb::cpu
