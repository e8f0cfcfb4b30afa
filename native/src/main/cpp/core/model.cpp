#include "core/model.h"

#include <cmath>
#include <cstring>
#include <string>

#include "core/error.h"

namespace ebb {
namespace {

std::string number(int64_t value) { return std::to_string(value); }

void require_range(const char *field, int64_t value, int64_t least, int64_t most) {
  if (value < least || value > most) {
    fail_argument(std::string("model: ") + field + " is " + number(value) + ", outside " +
                  number(least) + ".." + number(most));
  }
}

void check_header(const ebb_model *d) {
  if (d == nullptr) fail_argument("model: no descriptor");
  if (reinterpret_cast<uintptr_t>(d) % alignof(ebb_model) != 0) {
    fail_argument("model: the descriptor is not aligned to 8 bytes");
  }
  if (d->magic != EBB_MODEL_MAGIC) fail_argument("model: wrong magic");
  if (d->version != EBB_MODEL_VERSION) {
    fail_argument("model: version " + number(d->version) + ", this library reads " +
                  number(EBB_MODEL_VERSION));
  }
}

void check_hyper_parameters(const ebb_model *d) {
  constexpr int64_t kMost = 1 << 24;
  require_range("layers", d->layers, 1, 4096);
  require_range("hidden", d->hidden, 1, kMost);
  require_range("heads", d->heads, 1, 65536);
  require_range("kv_heads", d->kv_heads, 1, d->heads);
  require_range("head_dim", d->head_dim, 1, 65536);
  require_range("ffn", d->ffn, 1, kMost);
  require_range("vocabulary", d->vocabulary, 1, kMost);
  require_range("context", d->context, 1, INT32_MAX);
  require_range("rope_dims", d->rope_dims, 0, d->head_dim);
  require_range("rope_pairing", d->rope_pairing, EBB_ROPE_INTERLEAVED, EBB_ROPE_HALVES);
  require_range("sliding_window", d->sliding_window, 0, INT32_MAX);
  require_range("kv_type", d->kv_type, EBB_KV_F32, EBB_KV_I8);
  require_range("block_tokens", d->block_tokens, 1, 4096);
  if (d->heads % d->kv_heads != 0) {
    fail_argument("model: " + number(d->heads) + " heads do not divide into " +
                  number(d->kv_heads) + " kv_heads");
  }
  if (d->rope_dims % 2 != 0) fail_argument("model: rope_dims " + number(d->rope_dims) + " is odd");
  if (!(d->rms_epsilon >= 0) || !std::isfinite(d->rms_epsilon)) {
    fail_argument("model: rms_epsilon is not a finite number of at least 0");
  }
  if (!std::isfinite(d->rope_magnitude)) fail_argument("model: rope_magnitude is not finite");
}

// An array of `count` items inside the descriptor.
template <typename T>
const T *array_at(const ebb_model *d, const char *field, uint64_t offset, uint64_t count) {
  if (offset % alignof(T) != 0 || offset < sizeof(ebb_model) || offset > d->bytes ||
      count > (d->bytes - offset) / sizeof(T)) {
    fail_argument(std::string("model: ") + field + " lies outside the descriptor of " +
                  number(static_cast<int64_t>(d->bytes)) + " bytes");
  }
  return reinterpret_cast<const T *>(reinterpret_cast<const uint8_t *>(d) + offset);
}

Model copy_hyper_parameters(const ebb_model *d) {
  Model m;
  m.hidden = d->hidden;
  m.heads = d->heads;
  m.kv_heads = d->kv_heads;
  m.head_dim = d->head_dim;
  m.ffn = d->ffn;
  m.vocabulary = d->vocabulary;
  m.context = d->context;
  m.rms_epsilon = d->rms_epsilon;
  m.rope_dims = d->rope_dims;
  m.rope_pairing = static_cast<ebb_rope_pairing>(d->rope_pairing);
  m.rope_magnitude = d->rope_magnitude;
  m.sliding_window = d->sliding_window;
  m.kv = {d->layers, d->kv_heads, d->block_tokens, d->head_dim,
          static_cast<ebb_kv_type>(d->kv_type)};
  m.layers.resize(static_cast<size_t>(d->layers));
  return m;
}

// What each role is: its name, its place, and the shape the hyper-parameters ask for.
struct RoleSpec {
  const char *name;
  Tensor Model::*global;  // set outside the layers
  Tensor Layer::*layered;  // set inside them
  int64_t rows;
  int64_t cols;
  bool optional;
};

RoleSpec role_spec(int32_t role, const Model &m) {
  const int64_t q = int64_t{m.heads} * m.head_dim;
  const int64_t kv = int64_t{m.kv_heads} * m.head_dim;
  switch (role) {
    case EBB_ROLE_TOKEN_EMBEDDING:
      return {"TOKEN_EMBEDDING", &Model::token_embedding, nullptr, m.vocabulary, m.hidden, false};
    case EBB_ROLE_OUTPUT_NORM:
      return {"OUTPUT_NORM", &Model::output_norm, nullptr, 1, m.hidden, false};
    case EBB_ROLE_OUTPUT: return {"OUTPUT", &Model::output, nullptr, m.vocabulary, m.hidden, true};
    case EBB_ROLE_ATTENTION_NORM:
      return {"ATTENTION_NORM", nullptr, &Layer::attention_norm, 1, m.hidden, false};
    case EBB_ROLE_Q: return {"Q", nullptr, &Layer::q, q, m.hidden, false};
    case EBB_ROLE_K: return {"K", nullptr, &Layer::k, kv, m.hidden, false};
    case EBB_ROLE_V: return {"V", nullptr, &Layer::v, kv, m.hidden, false};
    case EBB_ROLE_Q_BIAS: return {"Q_BIAS", nullptr, &Layer::q_bias, 1, q, true};
    case EBB_ROLE_K_BIAS: return {"K_BIAS", nullptr, &Layer::k_bias, 1, kv, true};
    case EBB_ROLE_V_BIAS: return {"V_BIAS", nullptr, &Layer::v_bias, 1, kv, true};
    case EBB_ROLE_Q_NORM: return {"Q_NORM", nullptr, &Layer::q_norm, 1, m.head_dim, true};
    case EBB_ROLE_K_NORM: return {"K_NORM", nullptr, &Layer::k_norm, 1, m.head_dim, true};
    case EBB_ROLE_ATTENTION_OUTPUT:
      return {"ATTENTION_OUTPUT", nullptr, &Layer::attention_output, m.hidden, q, false};
    case EBB_ROLE_ATTENTION_OUTPUT_BIAS:
      return {"ATTENTION_OUTPUT_BIAS", nullptr, &Layer::attention_output_bias, 1, m.hidden, true};
    case EBB_ROLE_FFN_NORM: return {"FFN_NORM", nullptr, &Layer::ffn_norm, 1, m.hidden, false};
    case EBB_ROLE_FFN_GATE: return {"FFN_GATE", nullptr, &Layer::ffn_gate, m.ffn, m.hidden, false};
    case EBB_ROLE_FFN_UP: return {"FFN_UP", nullptr, &Layer::ffn_up, m.ffn, m.hidden, false};
    default: return {"FFN_DOWN", nullptr, &Layer::ffn_down, m.hidden, m.ffn, false};
  }
}

std::string tensor_label(const RoleSpec &spec, int32_t layer) {
  return std::string("model: tensor ") + spec.name +
         (spec.layered == nullptr ? "" : " of layer " + number(layer));
}

void check_tensor(const ebb_tensor &t, const RoleSpec &spec, const std::string &label) {
  if (!is_known_type(t.type)) fail_argument(label + " has unknown type " + number(t.type));
  if (t.rows != spec.rows || t.cols != spec.cols) {
    fail_argument(label + " has shape [" + number(t.rows) + ", " + number(t.cols) +
                  "], the hyper-parameters ask for [" + number(spec.rows) + ", " +
                  number(spec.cols) + "]");
  }
  const auto type = static_cast<ebb_type>(t.type);
  if (t.cols % type_block_elements(type) != 0) {
    fail_argument(label + ": rows of " + number(t.cols) + " elements do not fill whole " +
                  type_name(type) + " blocks of " + number(type_block_elements(type)));
  }
  if (t.data == 0) fail_argument(label + " has no data");
}

void place_tensor(const ebb_tensor &t, Model &model) {
  require_range("tensor role", t.role, 0, EBB_ROLE_COUNT - 1);
  const RoleSpec spec = role_spec(t.role, model);
  const auto layers = static_cast<int32_t>(model.layers.size());
  if (spec.layered != nullptr && (t.layer < 0 || t.layer >= layers)) {
    fail_argument(std::string("model: tensor ") + spec.name + " names layer " + number(t.layer) +
                  " of " + number(layers));
  }
  const std::string label = tensor_label(spec, t.layer);
  check_tensor(t, spec, label);
  Tensor &place = spec.layered == nullptr
                      ? model.*spec.global
                      : model.layers[static_cast<size_t>(t.layer)].*spec.layered;
  if (place) fail_argument(label + " is given twice");
  place = {reinterpret_cast<const uint8_t *>(t.data), static_cast<ebb_type>(t.type), t.rows, t.cols};
}

void check_complete(const Model &model) {
  for (int32_t role = 0; role < EBB_ROLE_COUNT; ++role) {
    const RoleSpec spec = role_spec(role, model);
    if (spec.optional) continue;
    if (spec.layered == nullptr) {
      if (!(model.*spec.global)) fail_argument(tensor_label(spec, -1) + " is missing");
      continue;
    }
    for (size_t layer = 0; layer < model.layers.size(); ++layer) {
      if (!(model.layers[layer].*spec.layered)) {
        fail_argument(tensor_label(spec, static_cast<int32_t>(layer)) + " is missing");
      }
    }
  }
}

}  // namespace

Model view_model(const ebb_model *descriptor) {
  check_header(descriptor);
  check_hyper_parameters(descriptor);
  require_range("tensor_count", descriptor->tensor_count, 1,
                int64_t{descriptor->layers} * EBB_ROLE_COUNT + EBB_ROLE_COUNT);
  const auto *tensors = array_at<ebb_tensor>(descriptor, "tensors", descriptor->tensors,
                                             static_cast<uint64_t>(descriptor->tensor_count));
  const uint64_t pairs = static_cast<uint64_t>(descriptor->rope_dims) / 2;
  const auto *frequencies = array_at<float>(descriptor, "inverse_frequency",
                                            descriptor->inverse_frequency, pairs);
  Model model = copy_hyper_parameters(descriptor);
  model.inverse_frequency.assign(frequencies, frequencies + pairs);
  for (const float frequency : model.inverse_frequency) {
    if (!std::isfinite(frequency)) fail_argument("model: an inverse_frequency is not finite");
  }
  for (int32_t i = 0; i < descriptor->tensor_count; ++i) place_tensor(tensors[i], model);
  check_complete(model);
  model.tied = !model.output;
  if (model.tied) model.output = model.token_embedding;
  return model;
}

std::vector<float> to_floats(const Tensor &tensor) {
  std::vector<float> floats(static_cast<size_t>(tensor.rows * tensor.cols));
  for (int64_t r = 0; r < tensor.rows; ++r) {
    dequantize_row(tensor.type, tensor.row(r), floats.data() + r * tensor.cols, tensor.cols);
  }
  return floats;
}

}  // namespace ebb
