// The whole forward pass on the emulator: against the reference backend, and against itself in
// other cuts of the same work.
#include <cstring>
#include <numeric>

#include "check.h"
#include "cuda/attention_case.h"
#include "cuda/link.h"
#include "cuda/sampling_case.h"
#include "fixture.h"
#include "simt/check_run.h"

using namespace ebb;
using namespace ebb::test;

namespace {

constexpr int32_t kBlocks = 24;
using Rows = std::vector<std::vector<float>>;

TinyConfig llama() {
  TinyConfig config;
  config.hidden = 64;
  config.heads = 4;
  config.kv_heads = 2;
  config.head_dim = 32;
  config.rope_dims = 32;
  config.ffn = 96;
  config.kv_type = EBB_KV_F16;
  return config;
}

TinyConfig qwen() {
  TinyConfig config = llama();
  config.heads = 6;
  config.kv_heads = 1;
  config.head_dim = 64;
  config.rope_dims = 64;
  config.pairing = EBB_ROPE_HALVES;
  config.bias = true;
  config.qk_norm = true;
  config.tied = true;
  return config;
}

std::vector<int32_t> tokens_of(size_t count, uint32_t seed) {
  std::mt19937 bits(seed);
  std::vector<int32_t> tokens(count);
  for (int32_t &token : tokens) token = static_cast<int32_t>(bits() % 101);
  return tokens;
}

std::vector<int32_t> block_range(int32_t first, int32_t count) {
  std::vector<int32_t> blocks(static_cast<size_t>(count));
  std::iota(blocks.begin(), blocks.end(), first);
  return blocks;
}

// Logits of every position, computed in steps of at most `chunk` tokens.
Rows run(const ebb_backend *backend, TinyModel &model, const std::vector<int32_t> &tokens, size_t chunk,
         const std::vector<int32_t> &blocks) {
  TinySession session(backend, model, 1, kBlocks);
  Rows rows;
  for (size_t start = 0; start < tokens.size(); start += chunk) {
    const size_t end = std::min(start + chunk, tokens.size());
    TinyBatch batch({{{tokens.begin() + static_cast<int64_t>(start), tokens.begin() + static_cast<int64_t>(end)},
                      static_cast<int32_t>(start), blocks, true}},
                    model.config().vocabulary);
    session.forward(batch);
    for (size_t t = start; t < end; ++t) rows.push_back(batch.logits(static_cast<int32_t>(t - start)));
  }
  return rows;
}

double error_of(const Rows &rows, const Rows &expected) {
  std::vector<float> got;
  std::vector<double> want;
  for (const auto &row : rows) got.insert(got.end(), row.begin(), row.end());
  for (const auto &row : expected) want.insert(want.end(), row.begin(), row.end());
  return relative_l2(got, want);
}

TinyConfig with_int8(TinyConfig config) {
  config.kv_type = EBB_KV_I8;
  return config;
}

void check_against_reference(const TinyConfig &config, double bound = 3e-3) {
  TinyModel model(config);
  const auto tokens = tokens_of(45, 7);
  const Rows expected = run(ebb_backend_reference(), model, tokens, tokens.size(), block_range(0, 3));
  link::on_every_device([&] {
    for (const size_t chunk : {size_t{45}, size_t{1}}) {
      simt::Machine::get().reset({});
      const double error = error_of(run(link::backend(), model, tokens, chunk, block_range(0, 3)), expected);
      CHECK_NEAR(error, 0, bound);
    }
  });
}

void check_cuts(const TinyConfig &config) {
  TinyModel model(config);
  const auto tokens = tokens_of(45, 9);
  simt::Machine::get().reset({});
  const Rows whole = run(link::backend(), model, tokens, tokens.size(), block_range(0, 3));
  for (const size_t chunk : {1, 7, 16, 44}) {
    CHECK(run(link::backend(), model, tokens, chunk, block_range(0, 3)) == whole);
  }
  CHECK(run(link::backend(), model, tokens, tokens.size(), {23, 0, 11}) == whole);
  simt::Machine::get().reset({simt::Schedule::kRandom, 5});
  CHECK(run(link::backend(), model, tokens, 9, block_range(0, 3)) == whole);
}

void check_batches(const TinyConfig &config) {
  TinyModel model(config);
  simt::Machine::get().reset({});
  const std::vector<std::vector<int32_t>> prompts = {tokens_of(17, 1), tokens_of(1, 2), tokens_of(40, 3)};
  std::vector<Chunk> chunks;
  for (size_t i = 0; i < prompts.size(); ++i) {
    chunks.push_back({prompts[i], 0, block_range(static_cast<int32_t>(3 * i), 3), true});
  }
  TinySession session(link::backend(), model, 1, kBlocks);
  TinyBatch batch(chunks, 101);
  session.forward(batch);
  int32_t row = 0;
  for (const auto &prompt : prompts) {
    for (const auto &alone : run(link::backend(), model, prompt, prompt.size(), block_range(0, 3))) {
      CHECK(batch.logits(row++) == alone);
    }
  }
}

void check_hand_off(const TinyConfig &config) {
  TinyModel model(config);
  simt::Machine::get().reset({});
  const auto tokens = tokens_of(33, 5);
  const Rows all = run(link::backend(), model, tokens, tokens.size(), block_range(0, 3));
  TinySession prefill(link::backend(), model, 1, kBlocks);
  TinyBatch prefix({{{tokens.begin(), tokens.begin() + 32}, 0, {4, 2}, false}}, 101);
  prefill.forward(prefix);
  TinySession decode(link::backend(), model, 1, kBlocks);
  std::memcpy(decode.kv(), prefill.kv(), kBlocks * model.kv_layout().block_bytes());
  TinyBatch rest({{{tokens.back()}, 32, {4, 2, 7}, false}}, 101);
  decode.forward(rest);
  CHECK(rest.logits(0) == all.back());
}

}  // namespace

TEST(cuda_backend_llama_equals_reference) { check_against_reference(llama()); }

TEST(cuda_backend_qwen_equals_reference) { check_against_reference(qwen()); }

TEST(cuda_backend_window_and_quantised_weights_equal_reference) {
  TinyConfig config = llama();
  config.sliding_window = 19;
  config.matrix_type = EBB_TYPE_Q8_0;
  check_against_reference(config);
}

// What rounds to one code here may round to the next there, since F16 activations come between.
// Where wgmma is not wanted, the bits are those of a device that has none.
TEST(cuda_backend_goes_without_wgmma) {
  TinyModel model(llama());
  const auto tokens = tokens_of(45, 7);
  const auto logits = [&] { return run(link::backend(), model, tokens, 20, block_range(0, 3)); };
  std::vector<Rows> with, without;
  link::on_every_device([&] {
    simt::Machine::get().reset({});
    with.push_back(logits());
    const Setting setting("EBB_CUDA_WGMMA", "off");
    without.push_back(logits());
  });
  for (const Rows &rows : without) CHECK(rows == without[0]);
  CHECK(with.size() == 1 || (with[0] == without[0] && with[1] != without[1]));
  const Setting wrong("EBB_CUDA_WGMMA", "no");
  CHECK_ERROR(EBB_UNSUPPORTED, "EBB_CUDA_WGMMA is 'no': set it to on or off", logits());
}

TEST(cuda_backend_int8_equals_reference) {
  check_against_reference(with_int8(llama()), 8e-3);
  check_against_reference(with_int8(qwen()), 8e-3);
}

TEST(cuda_backend_does_not_depend_on_the_cut) {
  link::on_every_device([] { check_cuts(llama()); });
  link::on_every_device([] { check_cuts(with_int8(llama())); });
}

TEST(cuda_backend_does_not_depend_on_the_batch) {
  link::on_every_device([] { check_batches(qwen()); });
  link::on_every_device([] { check_batches(with_int8(qwen())); });
}

// A second session goes on from the attached memory of the first, as decode does after prefill.
TEST(cuda_backend_continues_after_a_hand_off) {
  link::on_every_device([] { check_hand_off(llama()); });
  link::on_every_device([] { check_hand_off(with_int8(llama())); });
}

// Blocks that the reference wrote are as good as its own: prefill there, decode here, and the other way round.
TEST(cuda_backend_int8_goes_on_from_blocks_of_reference) {
  TinyModel model(with_int8(llama()));
  simt::Machine::get().reset({});
  const auto tokens = tokens_of(33, 5);
  const Rows expected = run(ebb_backend_reference(), model, tokens, tokens.size(), block_range(0, 3));
  for (const bool here_first : {false, true}) {
    const ebb_backend *both[] = {ebb_backend_reference(), link::backend()};
    TinySession prefill(both[here_first], model, 1, kBlocks), decode(both[!here_first], model, 1, kBlocks);
    TinyBatch prefix({{{tokens.begin(), tokens.begin() + 32}, 0, {4, 2}, false}}, 101);
    prefill.forward(prefix);
    std::memcpy(decode.kv(), prefill.kv(), kBlocks * model.kv_layout().block_bytes());
    TinyBatch rest({{{tokens.back()}, 32, {4, 2, 7}, false}}, 101);
    decode.forward(rest);
    CHECK_NEAR(error_of({rest.logits(0)}, {expected.back()}), 0, 8e-3);
  }
}

// The logits stay on the device, and the tokens are those that the sampler makes of them.
TEST(cuda_backend_chooses_from_the_logits_it_keeps) {
  TinyModel model(llama());
  simt::Machine::get().reset({});
  const auto tokens = tokens_of(5, 21);
  SamplingCase sampling{101, 99, {}, {}, {{3, 9, 2, EBB_ADJUST_SEEN}, {50, 0, 0, EBB_ADJUST_FORBID}}};
  for (const auto &row : run(link::backend(), model, tokens, tokens.size(), block_range(0, 1))) {
    sampling.logits.insert(sampling.logits.end(), row.begin(), row.end());
  }
  TinySession session(link::backend(), model, 1, kBlocks);
  TinyBatch batch({{tokens, 0, block_range(0, 1), true}}, 101);
  batch.descriptor()->flags = EBB_BATCH_KEEP_LOGITS;
  session.forward(batch);
  CHECK(batch.logits(4) == std::vector<float>(101, 0.0f));
  for (int32_t d = 0; d < 10; ++d) {
    ebb_draw draw = plain_draw(d / 2, d == 9 ? 0.0f : 1.1f, 0.09 * d);
    draw.top_k = d % 3 * 20;
    draw.top_p = d % 2 == 0 ? 1 : 0.9f;
    draw.adjustments = d % 4 == 3 ? 2 : 0;
    draw.repetition_penalty = 1.5f;
    sampling.draws.push_back(draw);
  }
  SamplingBytes bytes(sampling);
  session.choose(bytes.get());
  for (size_t d = 0; d < sampling.draws.size(); ++d) CHECK_EQUAL(bytes.tokens()[d], sampling.expected(d));
}

TEST(cuda_backend_refuses_draws_that_make_no_sense) {
  TinyModel model(llama());
  TinySession session(link::backend(), model, 1, kBlocks);
  TinyBatch batch({{tokens_of(3, 21), 0, block_range(0, 1), false}}, 101);
  session.forward(batch);
  const auto refused = [&](const std::string &part, const std::function<void(ebb_sampling &)> &lie) {
    SamplingCase sampling{101, 101, {}, {plain_draw(0, 1, 0.5)}, {{7, 1, 0, 0}}};
    sampling.draws[0].adjustments = 1;
    SamplingBytes bytes(sampling);
    session.choose(bytes.get());
    CHECK(bytes.tokens()[0] >= 0);
    lie(*bytes.get());
    CHECK_ERROR(EBB_INVALID_ARGUMENT, part, session.choose(bytes.get()));
  };
  const auto draw_refused = [&](const std::string &part, const std::function<void(ebb_draw &)> &lie) {
    refused("draw 0: " + part, [&](ebb_sampling &s) {
      lie(*reinterpret_cast<ebb_draw *>(reinterpret_cast<uint8_t *>(&s) + s.draw_list));
    });
  };
  refused("wrong magic", [](ebb_sampling &s) { s.magic = 0; });
  refused("102 choosable tokens", [](ebb_sampling &s) { s.choosable = 102; });
  refused("tokens lies outside", [](ebb_sampling &s) { s.tokens += 4; });
  refused("is of token 101", [](ebb_sampling &s) {
    reinterpret_cast<ebb_adjustment *>(reinterpret_cast<uint8_t *>(&s) + s.adjustment_list)->token = 101;
  });
  draw_refused("its row", [](ebb_draw &d) { d.row = 1; });
  draw_refused("its adjustments", [](ebb_draw &d) { d.adjustments = 2; });
  draw_refused("temperature", [](ebb_draw &d) { d.temperature = std::nanf(""); });
  draw_refused("top_p", [](ebb_draw &d) { d.top_p = 0; });
  draw_refused("uniform", [](ebb_draw &d) { d.uniform = 1; });
}

TEST(cuda_backend_refuses_what_it_cannot_do) {
  TinyConfig odd = llama();
  odd.head_dim = 10;
  odd.rope_dims = 8;
  TinyModel model(odd);
  CHECK_ERROR(EBB_UNSUPPORTED, "head_dim 10", TinySession(link::backend(), model, 1, kBlocks));
  TinyConfig wide = llama();
  wide.kv_type = EBB_KV_F32;
  TinyModel floats(wide);
  CHECK_ERROR(EBB_UNSUPPORTED, "must be F16 or I8; set EBB_KV_TYPE", TinySession(link::backend(), floats, 1, kBlocks));
}

#if !defined(EBB_ON_DEVICE)
// As sm_86 and sm_89 are: what would not start is refused before anything is loaded, the rest runs.
TEST(cuda_backend_refuses_heads_that_a_small_device_has_no_room_for) {
  simt::Machine::get().reset({});
  simt::Machine::get().shared_bytes_max = 99 * 1024;
  for (const TinyConfig &type : {llama(), with_int8(llama())}) {
    TinyConfig config = type;
    config.head_dim = config.rope_dims = 256;
    TinyModel large(config);
    CHECK_ERROR(EBB_UNSUPPORTED, "this device has 99 KB for a CTA", TinySession(link::backend(), large, 1, kBlocks));
    CHECK(head_dims({128, 256}, config.kv_type) == std::vector<int32_t>{128});
    config.head_dim = config.rope_dims = 128;
    TinyModel usual(config);
    run(link::backend(), usual, tokens_of(40, 7), 20, block_range(0, 3));
    run(link::backend(), usual, tokens_of(3, 7), 1, block_range(0, 3));
  }
  CHECK(simt::Machine::get().findings.empty());
  simt::Machine::get().shared_bytes_max = simt::kSharedBytesMax;
}
#endif
