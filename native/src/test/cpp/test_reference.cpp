// The reference backend as a whole: against double, and against itself in
// other cuts of the same work.
#include <numeric>

#include "check.h"
#include "double_model.h"
#include "fixture.h"

using namespace ebb;
using namespace ebb::test;

namespace {

constexpr int32_t kBlocks = 24;

std::vector<int32_t> tokens_of(int count, uint32_t seed, int32_t vocabulary) {
  std::mt19937 bits(seed);
  std::vector<int32_t> tokens(static_cast<size_t>(count));
  for (int32_t &token : tokens) token = static_cast<int32_t>(bits() % static_cast<uint32_t>(vocabulary));
  return tokens;
}

std::vector<int32_t> block_range(int32_t first, int32_t count) {
  std::vector<int32_t> blocks(static_cast<size_t>(count));
  std::iota(blocks.begin(), blocks.end(), first);
  return blocks;
}

using Rows = std::vector<std::vector<float>>;

// Logits of every position, computed in steps of at most `chunk` tokens.
Rows run(TinyModel &model, const std::vector<int32_t> &tokens, size_t chunk, int threads,
         const std::vector<int32_t> &blocks) {
  TinySession session(ebb_backend_reference(), model, threads, kBlocks);
  Rows rows;
  for (size_t start = 0; start < tokens.size(); start += chunk) {
    const size_t end = std::min(start + chunk, tokens.size());
    TinyBatch batch({{{tokens.begin() + static_cast<int64_t>(start),
                       tokens.begin() + static_cast<int64_t>(end)},
                      static_cast<int32_t>(start), blocks, true}},
                    model.config().vocabulary);
    session.forward(batch);
    for (size_t t = start; t < end; ++t) {
      rows.push_back(batch.logits(static_cast<int32_t>(t - start)));
    }
  }
  return rows;
}

// Ends in the middle of a block, so that a partly filled one is read.
constexpr int kTokens = 45;

void check_against_double(const TinyConfig &config, double tolerance) {
  TinyModel model(config);
  const auto tokens = tokens_of(kTokens, 7, config.vocabulary);
  const Rows rows = run(model, tokens, tokens.size(), 2, block_range(0, 3));
  const auto expected = double_logits(view_model(model.descriptor()), tokens);
  for (size_t t = 0; t < rows.size(); ++t) {
    CHECK(relative_l2(rows[t], expected[t]) <= tolerance);
  }
}

}  // namespace

TEST(reference_llama_matches_double) { check_against_double({}, 1e-5); }

TEST(reference_tied_sliding_window_matches_double) {
  TinyConfig config;
  config.tied = true;
  config.sliding_window = 19;  // crosses a block's edge at most positions
  check_against_double(config, 1e-5);
}

TEST(reference_qwen_matches_double) {
  TinyConfig config;
  config.bias = true;
  config.qk_norm = true;
  config.pairing = EBB_ROPE_HALVES;
  config.rope_dims = 10;
  config.rope_magnitude = 1.125f;
  check_against_double(config, 1e-5);
}

TEST(reference_quantised_weights_match_double) {
  TinyConfig config;
  config.hidden = 64;
  config.head_dim = 16;
  config.ffn = 96;
  config.matrix_type = EBB_TYPE_Q8_0;
  check_against_double(config, 1e-5);
}

// Half-precision keys and values cost about 2^-11 relative.
TEST(reference_f16_kv_is_near_double) {
  TinyConfig config;
  config.kv_type = EBB_KV_F16;
  check_against_double(config, 2e-3);
}

// A byte a number costs about 2^-7 relative in each layer, and more of a token that sees few others.
TEST(reference_int8_kv_is_near_double) {
  TinyConfig config;
  config.kv_type = EBB_KV_I8;
  check_against_double(config, 2.5e-2);
}

TEST(reference_does_not_depend_on_the_cut) {
  for (const ebb_kv_type type : {EBB_KV_F32, EBB_KV_F16, EBB_KV_I8}) {
    TinyConfig config;
    config.kv_type = type;
    TinyModel model(config);
    const auto tokens = tokens_of(kTokens, 9, config.vocabulary);
    const Rows whole = run(model, tokens, tokens.size(), 1, block_range(0, 3));
    for (const size_t chunk : {1, 7, 16, 44}) {
      CHECK(run(model, tokens, chunk, 1, block_range(0, 3)) == whole);
    }
    CHECK(run(model, tokens, tokens.size(), 2, block_range(0, 3)) == whole);
    CHECK(run(model, tokens, 5, 3, block_range(0, 3)) == whole);
    CHECK(run(model, tokens, tokens.size(), 2, {23, 0, 11}) == whole);
  }
}

TEST(reference_does_not_depend_on_the_batch) {
  TinyModel model(TinyConfig{});
  const int32_t vocabulary = model.config().vocabulary;
  const std::vector<std::vector<int32_t>> prompts = {
      tokens_of(17, 1, vocabulary), tokens_of(1, 2, vocabulary), tokens_of(40, 3, vocabulary)};
  std::vector<Chunk> chunks;
  int32_t first_block = 0;
  for (const auto &prompt : prompts) {
    chunks.push_back({prompt, 0, block_range(first_block, 3), true});
    first_block += 3;
  }
  TinySession session(ebb_backend_reference(), model, 2, kBlocks);
  TinyBatch batch(chunks, vocabulary);
  session.forward(batch);
  int32_t row = 0;
  for (const auto &prompt : prompts) {
    for (const auto &alone : run(model, prompt, prompt.size(), 1, block_range(0, 3))) {
      CHECK(batch.logits(row++) == alone);
    }
  }
}

// Only wanted rows are written, packed in order.
TEST(reference_writes_only_wanted_rows) {
  TinyModel model(TinyConfig{});
  const int32_t vocabulary = model.config().vocabulary;
  const auto tokens = tokens_of(20, 4, vocabulary);
  const Rows all = run(model, tokens, tokens.size(), 1, block_range(0, 2));
  TinySession session(ebb_backend_reference(), model, 1, kBlocks);
  TinyBatch batch({{tokens, 0, block_range(4, 2), false}}, vocabulary);
  session.forward(batch);
  CHECK(batch.logits(0) == all.back());
}

TEST(reference_continues_from_copied_blocks) {
  TinyModel model(TinyConfig{});
  const int32_t vocabulary = model.config().vocabulary;
  const auto tokens = tokens_of(33, 5, vocabulary);
  const Rows all = run(model, tokens, tokens.size(), 1, block_range(0, 3));
  TinySession session(ebb_backend_reference(), model, 1, kBlocks);
  TinyBatch prefix({{{tokens.begin(), tokens.begin() + 32}, 0, {0, 1}, false}}, vocabulary);
  session.forward(prefix);
  const int32_t source[] = {0, 1};
  const int32_t target[] = {9, 5};
  const ebb_backend *backend = ebb_backend_reference();
  CHECK_EQUAL(backend->copy_blocks(session.handle(), source, target, 2), EBB_OK);
  TinyBatch rest({{{tokens.back()}, 32, {9, 5, 7}, false}}, vocabulary);
  session.forward(rest);
  CHECK(rest.logits(0) == all.back());
  const int32_t outside[] = {0, kBlocks};
  CHECK_EQUAL(backend->copy_blocks(session.handle(), outside, target, 2), EBB_INVALID_ARGUMENT);
  CHECK_EQUAL(backend->copy_blocks(session.handle(), source, outside, 2), EBB_INVALID_ARGUMENT);
}

TEST(reference_refuses_calls_out_of_order) {
  const ebb_backend *backend = ebb_backend_reference();
  char error[256] = {};
  ebb_handle *handle = nullptr;
  CHECK_EQUAL(backend->open(0, &handle, error, sizeof(error)), EBB_INVALID_ARGUMENT);
  CHECK(std::string(error).find("threads") != std::string::npos);
  CHECK_EQUAL(backend->open(1, &handle, error, sizeof(error)), EBB_OK);
  TinyModel model(TinyConfig{});
  TinyBatch batch({{{1}, 0, {0}, true}}, model.config().vocabulary);
  CHECK_EQUAL(backend->forward(handle, batch.descriptor()), EBB_INVALID_ARGUMENT);
  AlignedBytes kv(model.kv_layout().block_bytes());
  CHECK_EQUAL(backend->attach_kv(handle, kv.data(), kv.size(), 1, nullptr), EBB_INVALID_ARGUMENT);
  CHECK_EQUAL(backend->load_model(handle, model.descriptor()), EBB_OK);
  CHECK_EQUAL(backend->load_model(handle, model.descriptor()), EBB_INVALID_ARGUMENT);
  CHECK_EQUAL(backend->attach_kv(handle, kv.data(), kv.size(), 2, nullptr), EBB_INVALID_ARGUMENT);
  CHECK_EQUAL(backend->attach_kv(handle, kv.data() + 4, kv.size(), 1, nullptr), EBB_INVALID_ARGUMENT);
  CHECK_EQUAL(backend->attach_kv(handle, kv.data(), kv.size(), 1, nullptr), EBB_OK);
  CHECK_EQUAL(backend->forward(handle, batch.descriptor()), EBB_OK);
  backend->close(handle);
}
