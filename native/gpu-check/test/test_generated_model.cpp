#include <cmath>
#include <cstring>

#include "check.h"
#include "core/model.h"
#include "generated_model.h"

using namespace ebb;
using namespace ebb::gpu_check;

namespace {

ModelShape small() {
  ModelShape shape = cut(true_shape("Qwen3-0.6B"), 3, 64);
  shape.hidden = 64;
  shape.ffn = 96;
  shape.heads = 2;
  shape.kv_heads = 1;
  return shape;
}

std::vector<uint8_t> bytes_of(const Tensor &tensor) {
  return {tensor.data, tensor.data + static_cast<size_t>(tensor.rows) * row_bytes(tensor.type, tensor.cols)};
}

}  // namespace

// Known numbers: the same on every machine.
TEST(gpu_check_model_is_made_from_its_seed) {
  const GeneratedModel one(small(), 5, 3), same(small(), 5, 3), other(small(), 6, 3);
  const Model a = view_model(one.descriptor()), b = view_model(same.descriptor()), c = view_model(other.descriptor());
  CHECK(bytes_of(a.layers[2].ffn_down) == bytes_of(b.layers[2].ffn_down));
  CHECK(bytes_of(a.layers[2].ffn_down) != bytes_of(c.layers[2].ffn_down));
  CHECK(bytes_of(a.layers[0].q) != bytes_of(a.layers[1].q));
  CHECK_EQUAL(random_bits(1, 2, 3), uint64_t{0xDC60B071CC2B0D80});
}

// A large matrix is made by several threads, in the same order all the same.
TEST(gpu_check_model_does_not_depend_on_threads) {
  ModelShape shape = small();
  shape.vocabulary = 40000;
  const GeneratedModel model(shape, 5, 1);
  const Tensor table = view_model(model.descriptor()).token_embedding;
  uint16_t last = 0;
  const uint64_t count = static_cast<uint64_t>(table.rows * table.cols);
  std::memcpy(&last, table.data + 2 * (count - 1), 2);
  const auto byte = static_cast<int8_t>(random_bits(5, 1, (count - 1) / 8) >> 56);
  CHECK_NEAR(bf16_to_f32(last), std::ldexp(byte, -6), 0);
}

TEST(gpu_check_model_layers_share_numbers) {
  const GeneratedModel model(small(), 5, 1);
  const Model view = view_model(model.descriptor());
  CHECK_EQUAL(view.layers.size(), size_t{3});
  CHECK(view.layers[2].ffn_gate.data == view.layers[0].ffn_gate.data);
  CHECK(static_cast<bool>(view.layers[1].q_norm));
  CHECK(model.held_bytes() < small().matrix_bytes());
}

// Weights keep what goes through them about as large as it was.
TEST(gpu_check_model_has_even_weights) {
  const GeneratedModel model(small(), 5, 1);
  const Tensor gate = view_model(model.descriptor()).layers[0].ffn_gate;
  const std::vector<float> floats = to_floats(gate);
  double square = 0;
  for (const float value : floats) square += double{value} * value;
  const double deviation = std::sqrt(square / static_cast<double>(floats.size()));
  CHECK_NEAR(std::log2(deviation * std::sqrt(64.0)), 0, 0.6);
}

// Parameters of the real models, in two bytes each.
TEST(gpu_check_model_shapes_are_true) {
  CHECK_NEAR(static_cast<double>(true_shape("SmolLM2-135M").matrix_bytes()) / 2e6, 134.5, 0.1);
  CHECK_NEAR(static_cast<double>(true_shape("Qwen3-0.6B").matrix_bytes()) / 2e6, 596.0, 0.3);
  CHECK_NEAR(static_cast<double>(true_shape("Llama-3.1-8B").matrix_bytes()) / 2e6, 8030.0, 1);
  const ModelShape &llama = true_shape("Llama-3.1-8B");
  CHECK_EQUAL(llama.matrix_bytes() - llama.step_bytes(), uint64_t{2} * 128256 * 4096);
}
