// What steps take of the device's memory: planned before the first of them, then never more; and attention in rounds,
// which keeps a prompt's partial results within it.
#include <algorithm>
#include <cstring>
#include <functional>
#include <numeric>
#include <random>

#include "check.h"
#include "core/dequantize.h"
#include "cuda/graph_case.h"
#include "cuda/link.h"
#include "cuda/memory_plan.h"
#include "cuda/tile_plan.h"
#include "cuda/sampling_case.h"
#include "simt/check_run.h"

using namespace ebb;
using namespace ebb::test;

namespace {

Model model_of(int32_t context) {
  Model model;
  model.hidden = 64;
  model.heads = 6;
  model.kv_heads = 2;
  model.head_dim = model.rope_dims = 32;
  model.ffn = 96;
  model.vocabulary = 500;
  model.context = context;
  model.kv = {2, 2, 16, 32, EBB_KV_F16};
  return model;
}

// A batch of sequences that each compute some tokens behind others; what plans look at, no more.
struct Cut {
  std::vector<int32_t> positions, indptr = {0}, blocks = {0};
  Batch batch;

  Cut(std::mt19937 &random, int32_t sequences, int32_t context) {
    const auto below = [&](int32_t n) { return static_cast<int32_t>(random() % static_cast<uint32_t>(n)); };
    for (int32_t s = 0; s < sequences; ++s) {
      const int32_t first = below(context - 100);
      const int32_t count = below(4) == 0 ? 1 + below(100) : 1;
      for (int32_t t = 0; t < count; ++t) positions.push_back(first + t);
      indptr.push_back(static_cast<int32_t>(positions.size()));
      blocks.push_back(blocks.back() + (positions.back() + 16) / 16);
    }
    batch.tokens = indptr.back();
    batch.sequences = sequences;
    batch.positions = positions.data();
    batch.sequence_indptr = indptr.data();
    batch.block_indptr = blocks.data();
  }
};

// Tiles of a range of a round, counted from the batch's first token.
void append(std::vector<cuda::QueryTile> &all, const std::vector<cuda::QueryTile> &tiles,
            const cuda::AttentionRound::Range &range, int32_t token) {
  CHECK_EQUAL(static_cast<size_t>(range.begin), all.size());
  for (int32_t i = range.begin; i < range.begin + range.count; ++i) {
    all.push_back(tiles.at(static_cast<size_t>(i)));
    all.back().token += token;
  }
}

bool same(const std::vector<cuda::QueryTile> &a, const std::vector<cuda::QueryTile> &b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto &x, const auto &y) {
    return x.token == y.token && x.rows == y.rows && x.block_table == y.block_table && x.split == y.split;
  });
}

// The rounds have the tiles of one round, each token once, and no more partial results than they may.
void check_rounds(const Model &model, const Batch &batch, const cuda::TileRows &rows, int64_t most) {
  const cuda::TilePlan one = cuda::plan_tiles(model, batch, rows), plan = cuda::plan_tiles(model, batch, rows, most);
  CHECK_EQUAL(one.rounds.size(), size_t{1});
  std::vector<cuda::QueryTile> few, many;
  int32_t token = 0;
  for (const cuda::AttentionRound &round : plan.rounds) {
    CHECK_EQUAL(round.token, token);
    token += round.tokens;
    append(few, plan.few, round.few, round.token);
    append(many, plan.many, round.many, round.token);
    CHECK(int64_t{round.tokens} * round.splits <= most || round.tokens <= rows.many / (model.heads / model.kv_heads));
    for (int32_t i = 0; i < round.few.count; ++i) {
      const auto &tile = plan.few[static_cast<size_t>(round.few.begin + i)];
      CHECK(tile.token >= 0 && tile.token * 3 + tile.rows <= round.tokens * 3);
    }
  }
  CHECK_EQUAL(token, batch.tokens);
  CHECK(same(few, one.few) && same(many, one.many));
}

// A prompt in chunks, then decode beside another prompt: the same bits in rounds as in one.
void check_rounds_compute_the_same(const TinyConfig &config) {
  simt::Machine::get().reset({});
  TinyModel model(config);
  TinySession one(link::backend(), model, 1, 160), rounds(link::backend(), model, 1, 160);
  rounds.attach({130, 1, 1});
  std::vector<int32_t> blocks(90), others(10);
  for (size_t i = 0; i < blocks.size(); ++i) blocks[i] = static_cast<int32_t>(159 - i);
  for (size_t i = 0; i < others.size(); ++i) others[i] = static_cast<int32_t>(i);
  const auto tokens = [&](int32_t count, int32_t seed) {
    std::vector<int32_t> ids;
    for (int32_t i = 0; i < count; ++i) ids.push_back((seed + 7 * i) % config.vocabulary);
    return ids;
  };
  const auto forward = [&](const std::vector<Chunk> &chunks) {
    TinyBatch a(chunks, config.vocabulary), b(chunks, config.vocabulary);
    one.forward(a);
    rounds.forward(b);
    for (size_t s = 0; s < chunks.size(); ++s) {
      CHECK(a.logits(static_cast<int32_t>(s)) == b.logits(static_cast<int32_t>(s)));
    }
  };
  const size_t bytes = model.kv_layout().block_bytes() * 160;
  const auto random = random_floats(bytes / 2, 5, 0.5f);
  for (size_t i = 0; i < random.size(); ++i) {
    const uint16_t half = f32_to_f16(random[i]);
    std::memcpy(one.kv() + 2 * i, &half, 2);
  }
  std::memcpy(rounds.kv(), one.kv(), bytes);
  forward({{tokens(130, 3), 1200, blocks, false, {}}});
  forward({{tokens(1, 5), 1330, blocks, false, {}}, {tokens(100, 9), 40, others, false, {}}});
  CHECK(std::memcmp(one.kv(), rounds.kv(), bytes) == 0);
  CHECK(simt::Machine::get().findings.empty());
}

// Rounds as small as they may be, as long as this lives.
struct SmallRounds {
  SmallRounds() { cuda::round_bytes_least = 0; }
  ~SmallRounds() { cuda::round_bytes_least = before; }
  const int64_t before = cuda::round_bytes_least;
};

std::string refusal(const std::function<void()> &body) {
  try {
    body();
  } catch (const Error &error) {
    CHECK_EQUAL(error.status(), EBB_OUT_OF_MEMORY);
    return error.what();
  }
  return "";
}

}  // namespace

TEST(cuda_rounds_have_the_tiles_of_one) {
  std::mt19937 random(7);
  for (const int32_t window : {0, 700}) {
    Model model = model_of(3000);
    model.sliding_window = window;
    for (int32_t i = 0; i < 300; ++i) {
      const Cut cut(random, 1 + static_cast<int32_t>(random() % 12), model.context);
      for (const cuda::TileRows rows : {cuda::kMmaRows, cuda::sm90_rows(32)}) {
        check_rounds(model, cut.batch, rows, 1 + static_cast<int64_t>(random() % 200));
      }
    }
  }
}

TEST(cuda_rounds_compute_the_same_bits) {
  const SmallRounds small;
  TinyConfig config = graph_model();
  link::on_every_device([&] { check_rounds_compute_the_same(config); });
  config.kv_type = EBB_KV_I8;
  check_rounds_compute_the_same(config);
}

// Whatever batches come within the limits, no step takes memory: not one launched plainly, not one by a graph.
TEST(cuda_steps_take_what_was_planned_and_no_more) {
  const SmallRounds small;
  std::mt19937 random(11);
  for (const int32_t window : {0, 511, 700, 1520}) {
    for (const bool wgmma : {false, true}) {
      Model model = model_of(3000);
      model.sliding_window = window;
      const cuda::TileRows rows = cuda::tile_rows(model, wgmma);
      for (int32_t i = 0; i < 300; ++i) {
        const Cut cut(random, 1 + static_cast<int32_t>(random() % 20), model.context);
        const ebb_limits limits{cut.batch.tokens, cut.batch.sequences, cut.batch.sequences};
        const cuda::StepBounds most = cuda::greatest_step(model, rows, limits, model.context);
        const cuda::TilePlan plan = cuda::plan_tiles(model, cut.batch, rows, most.partial_rows);
        CHECK(static_cast<int64_t>(plan.few.size()) <= most.few);
        CHECK(static_cast<int64_t>(plan.many.size()) <= most.many);
        CHECK(plan.partial_rows() <= most.partial_rows);
        CHECK(cut.blocks.back() <= most.table);
        const auto shape = cuda::decode_shape(cut.batch, plan, 1);
        if (!shape) continue;
        CHECK(shape->sequences <= most.tokens && shape->sequences <= most.outputs);
        CHECK(shape->tiles <= (plan.few.empty() ? most.many : most.few));
        CHECK(int64_t{shape->sequences} * shape->splits <= most.partial_rows);
      }
    }
  }
}

#if !defined(EBB_ON_DEVICE)  // where others may take memory meanwhile
// Half as many blocks as the model's context, so that the arena is what bounds positions.
TEST(cuda_steps_move_no_buffer_that_was_reserved) {
  simt::Machine::get().reset({});
  TinyModel model(graph_model());
  const int32_t vocabulary = model.config().vocabulary;
  std::vector<int32_t> blocks(64);
  std::iota(blocks.begin(), blocks.end(), 0);
  for (const char *graphs : {"off", "on"}) {
    const Setting setting("EBB_CUDA_GRAPHS", graphs);
    TinySession session(link::backend(), model, 1, 64);
    session.attach({64, 4, 4});
    const size_t free = cuda::device_free_bytes();
    for (const int32_t position : {0, 300, 600, 940}) {
      for (const size_t count : {size_t{1}, size_t{16}}) {
        const Chunk chunk{std::vector<int32_t>(count, 5), position, blocks, false, {}};
        Chunk behind = chunk;
        behind.first_position += 32;
        TinyBatch batch({chunk, behind, {{7}, 5, {62}, false, {}}, {{9}, 3, {63}, false, {}}}, vocabulary);
        batch.descriptor()->flags = EBB_BATCH_KEEP_LOGITS;
        session.forward(batch);
        SamplingCase sampling{vocabulary, vocabulary, {}, {}, {}};
        for (int32_t row = 0; row < 4; ++row) {
          sampling.draws.push_back(plain_draw(row, 0.9f, 0.3));
          sampling.draws.back().top_p = 0.5f;  // sorts candidates
        }
        SamplingBytes bytes(sampling);
        session.choose(bytes.get());
      }
    }
    CHECK_EQUAL(cuda::device_free_bytes(), free);
  }
}
#endif

// What was computed before, the table of angles and the graphs above all, does not outlive the buffers.
TEST(cuda_steps_begin_anew_when_room_is_made_again) {
  simt::Machine::get().reset({});
  TinyModel model(graph_model());
  TinySession plain(link::backend(), model, 1, 64);
  const Setting setting("EBB_CUDA_GRAPHS", "on");
  TinySession session(link::backend(), model, 1, 64);
  std::vector<int32_t> blocks(64);
  std::iota(blocks.begin(), blocks.end(), 0);
  int32_t position = 0;
  for (const ebb_limits &limits : {ebb_limits{8, 2, 2}, {128, 8, 8}, {16, 1, 1}, {16, 1, 1}}) {
    session.attach(limits);
    for (const size_t count : {size_t{6}, size_t{1}, size_t{1}}) {
      const std::vector<Chunk> chunks = {{std::vector<int32_t>(count, 11), position, blocks, false, {}}};
      TinyBatch a(chunks, model.config().vocabulary), b(chunks, model.config().vocabulary);
      plain.forward(a);
      session.forward(b);
      CHECK(a.logits(0) == b.logits(0));
      position += static_cast<int32_t>(count);
    }
  }
  CHECK(simt::Machine::get().findings.empty());
}

TEST(cuda_memory_plan_names_what_fits) {
  const Model model = model_of(3000);
  const ebb_limits limits{512, 16, 32};
  const size_t available = size_t{300} << 20;
  const auto most = static_cast<int32_t>(cuda::most_blocks(model, cuda::kMmaRows, limits, available));
  CHECK(most > 0);
  const std::string tokens = std::to_string(most * 16);
  const std::string plan = cuda::plan_memory(model, cuda::kMmaRows, limits, available, most);
  CHECK(plan.find("steps of up to 512 tokens of 16 sequences") != std::string::npos);
  CHECK(plan.find("EBB_KV_TOKENS of up to " + tokens + " would fit") != std::string::npos);
  const std::string refused = refusal([&] {
    cuda::plan_memory(model, cuda::kMmaRows, limits, available, most + 1);
  });
  CHECK(refused.find("EBB_KV_TOKENS of at most " + tokens + " fits") != std::string::npos);
  // Fewer tokens a step leave more for keys and values.
  CHECK(cuda::most_blocks(model, cuda::kMmaRows, {64, 16, 32}, available) > most);
  CHECK_EQUAL(cuda::most_blocks(model, cuda::kMmaRows, limits, cuda::kSpareBytes), int64_t{0});
}

TEST(cuda_backend_refuses_steps_that_do_not_fit) {
  TinyModel model(graph_model());
  TinySession session(link::backend(), model, 1, 8);
  CHECK(std::string(link::backend()->notes(session.handle())).find("steps of up to") == std::string::npos);
  const std::string refused = refusal([&] { session.attach({65535, 65535, 1 << 30}); });
  CHECK(refused.find(": a lower EBB_TOKEN_BUDGET or EBB_MAX_SEQUENCES") != std::string::npos);
  CHECK_ERROR(EBB_UNSUPPORTED, "EBB_TOKEN_BUDGET is 65536", session.attach({65536, 64, 64}));
  CHECK_ERROR(EBB_INVALID_ARGUMENT, "a token for each", session.attach({3, 4, 4}));
  session.attach({64, 4, 4});
  CHECK(std::string(link::backend()->notes(session.handle())).find("128 tokens of keys and values") !=
        std::string::npos);
}
