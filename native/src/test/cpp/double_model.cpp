#include "double_model.h"

#include <cmath>

namespace ebb::test {
namespace {

using Vector = std::vector<double>;

Vector product(const Tensor &w, const Tensor &bias, const Vector &x) {
  const std::vector<float> weights = to_floats(w);
  Vector y(static_cast<size_t>(w.rows));
  for (size_t r = 0; r < y.size(); ++r) {
    for (size_t i = 0; i < x.size(); ++i) y[r] += weights[r * x.size() + i] * x[i];
  }
  if (bias) {
    const std::vector<float> b = to_floats(bias);
    for (size_t r = 0; r < y.size(); ++r) y[r] += b[r];
  }
  return y;
}

// Normalises each run of the weight's length by itself.
Vector normalised(const Vector &x, const Tensor &weight, double epsilon) {
  const std::vector<float> w = to_floats(weight);
  Vector y(x.size());
  for (size_t start = 0; start < x.size(); start += w.size()) {
    double squares = 0;
    for (size_t i = 0; i < w.size(); ++i) squares += x[start + i] * x[start + i];
    const double scale = 1 / std::sqrt(squares / static_cast<double>(w.size()) + epsilon);
    for (size_t i = 0; i < w.size(); ++i) y[start + i] = x[start + i] * scale * w[i];
  }
  return y;
}

void rotate(Vector &x, const Model &model, int32_t position) {
  const size_t dims = static_cast<size_t>(model.rope_dims);
  for (size_t head = 0; head < x.size(); head += static_cast<size_t>(model.head_dim)) {
    for (size_t i = 0; i < dims / 2; ++i) {
      const bool interleaved = model.rope_pairing == EBB_ROPE_INTERLEAVED;
      double &a = x[head + (interleaved ? 2 * i : i)];
      double &b = x[head + (interleaved ? 2 * i + 1 : i + dims / 2)];
      const double angle = position * static_cast<double>(model.inverse_frequency[i]);
      const double c = std::cos(angle) * model.rope_magnitude;
      const double s = std::sin(angle) * model.rope_magnitude;
      const double first = a * c - b * s;
      b = a * s + b * c;
      a = first;
    }
  }
}

Vector attend(const Model &model, const Vector &q, const std::vector<Vector> &keys,
              const std::vector<Vector> &values, int32_t position) {
  const auto n = static_cast<size_t>(model.head_dim);
  const int32_t window = model.sliding_window == 0 ? position + 1 : model.sliding_window;
  const auto first = static_cast<size_t>(std::max(0, position + 1 - window));
  Vector out(q.size());
  for (size_t h = 0; h < static_cast<size_t>(model.heads); ++h) {
    const size_t kv = h / static_cast<size_t>(model.heads / model.kv_heads) * n;
    Vector weights;
    double sum = 0;
    for (size_t p = first; p < keys.size(); ++p) {
      double score = 0;
      for (size_t d = 0; d < n; ++d) score += q[h * n + d] * keys[p][kv + d];
      weights.push_back(std::exp(score / std::sqrt(static_cast<double>(n))));
      sum += weights.back();
    }
    for (size_t p = first; p < keys.size(); ++p) {
      for (size_t d = 0; d < n; ++d) out[h * n + d] += weights[p - first] / sum * values[p][kv + d];
    }
  }
  return out;
}

void add(Vector &x, const Vector &y) {
  for (size_t i = 0; i < x.size(); ++i) x[i] += y[i];
}

struct Cache {
  std::vector<Vector> keys, values;
};

void run_layer(const Model &model, const Layer &layer, Cache &cache, int32_t position, Vector &x) {
  const Vector a = normalised(x, layer.attention_norm, model.rms_epsilon);
  Vector q = product(layer.q, layer.q_bias, a);
  Vector k = product(layer.k, layer.k_bias, a);
  if (layer.q_norm) q = normalised(q, layer.q_norm, model.rms_epsilon);
  if (layer.k_norm) k = normalised(k, layer.k_norm, model.rms_epsilon);
  rotate(q, model, position);
  rotate(k, model, position);
  cache.keys.push_back(k);
  cache.values.push_back(product(layer.v, layer.v_bias, a));
  const Vector attended = attend(model, q, cache.keys, cache.values, position);
  add(x, product(layer.attention_output, layer.attention_output_bias, attended));
  const Vector f = normalised(x, layer.ffn_norm, model.rms_epsilon);
  Vector gate = product(layer.ffn_gate, {}, f);
  const Vector up = product(layer.ffn_up, {}, f);
  for (size_t i = 0; i < gate.size(); ++i) gate[i] = gate[i] / (1 + std::exp(-gate[i])) * up[i];
  add(x, product(layer.ffn_down, {}, gate));
}

}  // namespace

std::vector<std::vector<double>> double_logits(const Model &model,
                                               const std::vector<int32_t> &tokens) {
  const std::vector<float> table = to_floats(model.token_embedding);
  std::vector<Cache> caches(model.layers.size());
  std::vector<Vector> result;
  for (size_t t = 0; t < tokens.size(); ++t) {
    const auto row = table.begin() + static_cast<int64_t>(tokens[t]) * model.hidden;
    Vector x(row, row + model.hidden);
    for (size_t l = 0; l < caches.size(); ++l) {
      run_layer(model, model.layers[l], caches[l], static_cast<int32_t>(t), x);
    }
    result.push_back(product(model.output, {}, normalised(x, model.output_norm, model.rms_epsilon)));
  }
  return result;
}

}  // namespace ebb::test
