// Models in true widths, cut to two layers and few tokens that the reference computes too; on the emulator a tenth as
// wide. Against the reference, and against themselves in other cuts of the same work.
#include <algorithm>
#include <numeric>
#include <thread>

#include "check.h"
#include "fixture.h"
#include "generated_model.h"
#include "simt/check_run.h"

using namespace ebb;
using namespace ebb::test;
using namespace ebb::gpu_check;

namespace {

#if defined(EBB_ON_DEVICE)
const ebb_backend *under_test() { return ebb_backend_cuda(); }
ModelShape of_true(const char *name) { return cut(true_shape(name), 2, 4096); }
constexpr size_t kTokens = 37;
#else
const ebb_backend *under_test() { return ebb_backend_cuda_emulated(); }
// Heads keep their size and group.
ModelShape of_true(const char *name) {
  ModelShape shape = cut(true_shape(name), 2, 96);
  shape.heads /= shape.kv_heads;
  shape.kv_heads = 1;
  shape.hidden = std::min(shape.hidden / 8, 128);
  shape.ffn = std::min(shape.ffn / 16, 192);
  return shape;
}
constexpr size_t kTokens = 19;
#endif

constexpr int32_t kBlocks = 8;
using Rows = std::vector<std::vector<float>>;

std::vector<int32_t> tokens_of(const ModelShape &shape, uint64_t seed, size_t count) {
  std::vector<int32_t> tokens(count);
  for (size_t i = 0; i < count; ++i) {
    tokens[i] = static_cast<int32_t>(random_bits(seed, 0, i) % static_cast<uint64_t>(shape.vocabulary));
  }
  return tokens;
}

struct Case {
  explicit Case(const char *name) : shape(of_true(name)), model(shape, 7, shape.layers) {}

  TinySession session(const ebb_backend *backend, int threads = 1) const {
    return TinySession(backend, model.descriptor(), shape.kv_layout(), threads, kBlocks);
  }
  // Logits of every position, in steps of at most `chunk` tokens.
  Rows run(TinySession &&at, const std::vector<int32_t> &tokens, size_t chunk) const {
    Rows rows;
    for (size_t begin = 0; begin < tokens.size(); begin += chunk) {
      const size_t end = std::min(begin + chunk, tokens.size());
      const std::vector<int32_t> part(tokens.begin() + static_cast<int64_t>(begin),
                                      tokens.begin() + static_cast<int64_t>(end));
      TinyBatch batch({{part, static_cast<int32_t>(begin), {5, 1, 2}, true}}, shape.vocabulary);
      at.forward(batch);
      for (size_t i = 0; i < part.size(); ++i) rows.push_back(batch.logits(static_cast<int32_t>(i)));
    }
    return rows;
  }

  ModelShape shape;
  GeneratedModel model;
};

double error_of(const Rows &rows, const Rows &expected) {
  std::vector<float> got;
  std::vector<double> want;
  for (const auto &row : rows) got.insert(got.end(), row.begin(), row.end());
  for (const auto &row : expected) want.insert(want.end(), row.begin(), row.end());
  return relative_l2(got, want);
}

void check_shape(const char *name) {
  const Case c(name);
  simt::Machine::get().reset({});
  const auto tokens = tokens_of(c.shape, 3, kTokens);
  const auto cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const Rows expected = c.run(c.session(ebb_backend_reference(), cores), tokens, kTokens);
  const Rows whole = c.run(c.session(under_test()), tokens, kTokens);
  CHECK_NEAR(error_of(whole, expected), 0, 3e-3);
  for (const size_t chunk : {size_t{1}, size_t{16}}) CHECK(c.run(c.session(under_test()), tokens, chunk) == whole);

  // Behind another sequence in the same step.
  TinySession session = c.session(under_test());
  TinyBatch both({{tokens_of(c.shape, 4, 5), 0, {0}, true}, {tokens, 0, {7, 3, 6}, true}}, c.shape.vocabulary);
  session.forward(both);
  for (size_t t = 0; t < kTokens; ++t) CHECK(both.logits(static_cast<int32_t>(5 + t)) == whole[t]);
}

}  // namespace

TEST(true_shape_of_smollm2_equals_reference) { check_shape("SmolLM2-135M"); }
TEST(true_shape_of_qwen3_equals_reference) { check_shape("Qwen3-0.6B"); }
TEST(true_shape_of_llama_equals_reference) { check_shape("Llama-3.1-8B"); }
