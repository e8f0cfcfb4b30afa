// The cpu backend as a whole: near the reference, and the same bits however the
// work is cut.
#include <numeric>

#include "check.h"
#include "cpu/cpu_fixture.h"
#include "fixture.h"

using namespace ebb;
using namespace ebb::test;

namespace {

constexpr int32_t kBlocks = 40;
constexpr int kTokens = 150;  // three spans of attention, the last partly filled

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
Rows run(const ebb_backend *backend, TinyModel &model, const std::vector<int32_t> &tokens,
         size_t chunk, int threads) {
  TinySession session(backend, model, threads, kBlocks);
  Rows rows;
  for (size_t start = 0; start < tokens.size(); start += chunk) {
    const auto begin = tokens.begin() + static_cast<int64_t>(start);
    const size_t count = std::min(chunk, tokens.size() - start);
    TinyBatch batch({{{begin, begin + static_cast<int64_t>(count)},
                      static_cast<int32_t>(start), block_range(3, 10), true}},
                    model.config().vocabulary);
    session.forward(batch);
    for (size_t t = 0; t < count; ++t) rows.push_back(batch.logits(static_cast<int32_t>(t)));
  }
  return rows;
}

TinyConfig sizes_of_32() {
  TinyConfig config;
  config.hidden = 96;
  config.heads = 6;
  config.head_dim = 16;
  config.ffn = 160;
  config.context = 512;
  return config;
}

// A dense Llama with sizes that fit nothing, a Qwen-like one, and quantised ones.
std::vector<TinyConfig> configs() {
  std::vector<TinyConfig> all(1);
  all.back().context = 512;
  all.push_back(sizes_of_32());
  all.back().bias = true;
  all.back().qk_norm = true;
  all.back().pairing = EBB_ROPE_HALVES;
  all.back().matrix_type = EBB_TYPE_F16;
  all.back().kv_type = EBB_KV_F16;
  all.push_back(sizes_of_32());
  all.back().matrix_type = EBB_TYPE_Q8_0;
  all.back().tied = true;
  all.back().sliding_window = 45;
  all.push_back(sizes_of_32());
  all.back().matrix_type = EBB_TYPE_Q8_0;
  all.back().kv_type = EBB_KV_F16;
  all.back().head_dim = 32;
  return all;
}

}  // namespace

TEST(cpu_backend_is_near_the_reference) {
  for (const TinyConfig &config : configs()) {
    TinyModel model(config);
    const auto tokens = tokens_of(kTokens, 1, config.vocabulary);
    const Rows expected = run(ebb_backend_reference(), model, tokens, tokens.size(), 1);
    const Rows rows = run(ebb_backend_cpu(), model, tokens, tokens.size(), 2);
    // Halves in the KV round differently when their input differs in the last bit.
    const double bound = config.matrix_type == EBB_TYPE_Q8_0 || config.kv_type == EBB_KV_F16 ? 2e-3 : 1e-5;
    for (size_t t = 0; t < rows.size(); ++t) {
      const std::vector<double> exact(expected[t].begin(), expected[t].end());
      CHECK(relative_l2(rows[t], exact) <= bound);
    }
  }
}

TEST(cpu_backend_does_not_depend_on_chunks_or_threads) {
  for (const TinyConfig &config : configs()) {
    TinyModel model(config);
    const auto tokens = tokens_of(kTokens, 2, config.vocabulary);
    const Rows whole = run(ebb_backend_cpu(), model, tokens, tokens.size(), 1);
    for (const int threads : {2, 3}) {
      CHECK(run(ebb_backend_cpu(), model, tokens, tokens.size(), threads) == whole);
    }
    for (const size_t chunk : {1, 7, 64, 149}) {
      CHECK(run(ebb_backend_cpu(), model, tokens, chunk, 2) == whole);
    }
    CHECK(run(ebb_backend_cpu(), model, tokens, 1, 1) == whole);
  }
}

TEST(cpu_backend_is_the_same_in_every_instruction_set) {
  if (cpu::runnable_kernels().size() < 2) return;  // one is the same as itself
  for (const TinyConfig &config : configs()) {
    TinyModel model(config);
    const auto tokens = tokens_of(kTokens, 3, config.vocabulary);
    Rows first;
    {
      const Setting setting("EBB_CPU_ISA", "avx512");
      first = run(ebb_backend_cpu(), model, tokens, 40, 2);
    }
    const Setting setting("EBB_CPU_ISA", "avx2");
    CHECK(run(ebb_backend_cpu(), model, tokens, 40, 2) == first);
  }
}

// Prompts, single tokens and a continuation in one step, against each alone.
TEST(cpu_backend_does_not_depend_on_the_batch) {
  TinyConfig config = sizes_of_32();
  config.matrix_type = EBB_TYPE_Q8_0;
  TinyModel model(config);
  const std::vector<std::vector<int32_t>> prompts = {
      tokens_of(37, 1, config.vocabulary), tokens_of(1, 2, config.vocabulary),
      tokens_of(80, 3, config.vocabulary), tokens_of(1, 4, config.vocabulary)};
  std::vector<Chunk> chunks;
  int32_t first_block = 0;
  for (const auto &prompt : prompts) {
    chunks.push_back({prompt, 0, block_range(first_block, 6), true});
    first_block += 6;
  }
  for (const int threads : {1, 3}) {
    TinySession session(ebb_backend_cpu(), model, threads, kBlocks);
    TinyBatch batch(chunks, config.vocabulary);
    session.forward(batch);
    int32_t row = 0;
    for (const auto &prompt : prompts) {
      for (const auto &alone : run(ebb_backend_cpu(), model, prompt, prompt.size(), 1)) {
        CHECK(batch.logits(row++) == alone);
      }
    }
  }
}

TEST(cpu_backend_writes_only_wanted_rows) {
  TinyConfig config;
  TinyModel model(config);
  const auto tokens = tokens_of(20, 4, config.vocabulary);
  const Rows all = run(ebb_backend_cpu(), model, tokens, tokens.size(), 1);
  TinySession session(ebb_backend_cpu(), model, 2, kBlocks);
  TinyBatch batch({{tokens, 0, {9, 0}, false}}, config.vocabulary);
  session.forward(batch);
  CHECK(batch.logits(0) == all.back());
}

TEST(cpu_backend_refuses_int8_keys_and_values) {
  TinyConfig config;
  config.kv_type = EBB_KV_I8;
  TinyModel model(config);
  CHECK_ERROR(EBB_UNSUPPORTED, "set EBB_KV_TYPE to f16 or f32", TinySession(ebb_backend_cpu(), model, 1, kBlocks));
}

TEST(cpu_backend_names_its_instruction_set) {
  char text[256] = {};
  CHECK_EQUAL(ebb_backend_cpu()->describe(text, sizeof(text)), EBB_OK);
  CHECK(std::string(text).find(cpu::runnable_kernels().front()->name) != std::string::npos);
  {
    const Setting setting("EBB_CPU_ISA", "avx2");
    CHECK_EQUAL(ebb_backend_cpu()->describe(text, sizeof(text)), EBB_OK);
    CHECK(std::string(text).find("AVX2") != std::string::npos);
  }
  const Setting setting("EBB_CPU_ISA", "neon");
  CHECK_EQUAL(ebb_backend_cpu()->describe(text, sizeof(text)), EBB_UNSUPPORTED);
  CHECK(std::string(text).find("EBB_CPU_ISA") != std::string::npos);
}
