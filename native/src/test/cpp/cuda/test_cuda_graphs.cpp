// Decode by CUDA graphs against plain launches, bit by bit: random histories of sequences that come, grow, leave, are
// preempted and go on after failures, over the edges of blocks and splits.
#include "check.h"
#include "core/dequantize.h"
#include "cuda/graph_case.h"
#include "cuda/link.h"
#include "cuda/tile_plan.h"
#include "simt/check_run.h"

using namespace ebb;
using namespace ebb::test;

namespace {

// Rows where blocks and splits begin and end.
constexpr int32_t kEdges[] = {1, 15, 16, 17, 31, 47, 255, 510, 511, 512, 513, 1022, 1023, 1024, 1535};

void happen(GraphCase &world) {
  switch (world.below(10)) {
    case 0:
    case 1: return world.come();
    case 2:
    case 3: return world.take_over(kEdges[world.below(static_cast<int32_t>(std::size(kEdges)))]);
    case 4: return world.leave();
    case 5: return world.preempt();
    case 6: return world.step(1 + world.below(12), world.below(40));
    default: return world.step(1 + world.below(12));
  }
}

void check_history(const TinyConfig &config, uint64_t seed, int32_t steps) {
  simt::Machine::get().reset(seed % 2 == 0 ? simt::Options{} : simt::Options{simt::Schedule::kRandom, seed});
  GraphCase world(config, 12, seed);
  for (const int32_t rows : {15, 511}) world.take_over(rows);
  if (seed % 3 != 0) link::run_at_random(seed);
  for (int32_t i = 0; i < steps; ++i) {
    happen(world);
    // Decode goes on and on between two changes, as it does.
    for (int32_t more = world.below(3); more > 0; --more) world.step(64);
  }
  link::run_at_once();
  CHECK(world.same_memory());
}

struct Shape {
  int32_t sequences;
  int32_t tiles;
  int32_t splits;
};

Shape shape_of(const std::vector<int32_t> &positions, int32_t tokens_each = 1, int32_t window = 0) {
  Model model;
  model.heads = 4;
  model.kv_heads = 2;
  model.kv = {1, 2, 16, 32, EBB_KV_F16};
  model.sliding_window = window;
  std::vector<int32_t> all, indptr = {0}, blocks = {0};
  for (const int32_t position : positions) {
    for (int32_t t = 0; t < tokens_each; ++t) all.push_back(position + t);
    indptr.push_back(static_cast<int32_t>(all.size()));
    blocks.push_back(0);
  }
  Batch batch;
  batch.tokens = static_cast<int32_t>(all.size());
  batch.sequences = static_cast<int32_t>(positions.size());
  batch.positions = all.data();
  batch.sequence_indptr = indptr.data();
  batch.block_indptr = blocks.data();
  const auto shape = cuda::decode_shape(batch, cuda::plan_tiles(model, batch, cuda::kMmaRows), 5);
  if (!shape) return {0, 0, 0};
  CHECK_EQUAL(shape->together, 5);
  return {shape->sequences, shape->tiles, shape->splits};
}

void check_shape(const Shape &shape, const Shape &expected) {
  CHECK_EQUAL(shape.sequences, expected.sequences);
  CHECK_EQUAL(shape.tiles, expected.tiles);
  CHECK_EQUAL(shape.splits, expected.splits);
}

std::vector<int32_t> at(size_t count, int32_t position) { return std::vector<int32_t>(count, position); }

}  // namespace

TEST(cuda_graphs_give_the_bits_of_plain_launches) {
  link::on_every_device([] {
    for (uint64_t seed = 1; seed <= 4; ++seed) check_history(graph_model(), seed, 20);
  });
}

// Weights by codes, norms of heads, biases, tied embeddings, and a window that leaves splits out.
TEST(cuda_graphs_give_the_bits_of_plain_launches_with_a_window) {
  TinyConfig config = graph_model();
  config.heads = 6;
  config.kv_heads = 1;
  config.pairing = EBB_ROPE_HALVES;
  config.bias = config.qk_norm = config.tied = true;
  config.sliding_window = 530;
  config.matrix_type = EBB_TYPE_Q8_0;
  link::on_every_device([&] {
    for (uint64_t seed = 11; seed <= 13; ++seed) check_history(config, seed, 15);
  });
}

// 24 heads that share one: their tiles are those of prefill's kernel where a tile has 16 rows.
TEST(cuda_graphs_give_the_bits_of_plain_launches_with_wide_groups) {
  TinyConfig config = graph_model();
  config.heads = 24;
  config.kv_heads = 1;
  link::on_every_device([&] { check_history(config, 22, 10); });
}

TEST(cuda_graphs_give_the_bits_of_plain_launches_with_int8) {
  TinyConfig config = graph_model();
  config.kv_type = EBB_KV_I8;
  link::on_every_device([&] {
    for (uint64_t seed = 31; seed <= 32; ++seed) check_history(config, seed, 15);
  });
}

// The greater shapes, 24, 32, 40 and 64, each by a number that only just needs it, and 64 by all of it too. One
// sequence has two splits.
TEST(cuda_graphs_of_many_sequences_give_the_bits_of_plain_launches) {
  TinyConfig config = graph_model();
  config.context = 544;
  link::on_every_device([&] {
    simt::Machine::get().reset({});
    GraphCase world(config, 64, 34);
    world.take_over(520);
    while (world.sequences() < 64) world.take_over(1 + world.sequences() * 7 % 40);
    for (const int32_t count : {17, 25, 33, 57, 64}) {
      const uint64_t launched = link::graphs_launched();
      // With the long sequence or without it: of three steps two have one shape.
      for (int i = 0; i < 3; ++i) world.step(count);
      CHECK(link::graphs_launched() >= launched + 2);
    }
    CHECK(simt::Machine::get().findings.empty());
    CHECK(world.same_memory());
  });
}

// Rows of 32 KB a layer: two layers travel together, so that the graph of three lies in three pieces.
TEST(cuda_graphs_are_cut_where_rows_begin_their_way) {
  TinyConfig config = graph_model();
  config.layers = 3;
  config.heads = config.kv_heads = 64;
  config.head_dim = config.rope_dims = 128;
  config.context = 64;
  for (const uint64_t seed : {31, 32}) {
    simt::Machine::get().reset({});
    GraphCase world(config, 2, seed);
    world.take_over(15);
    const uint64_t before = link::graphs_captured();
    world.step(1);
    CHECK_EQUAL(link::graphs_captured() - before, 3u);
    // No buffer moves, so nothing waits but what is told to.
    link::run_at_random(seed);
    world.take_over(20);
    for (int i = 0; i < 2; ++i) world.step(2);
    CHECK_EQUAL(link::graphs_captured() - before, 6u);
    // Others, whose rows are brought while the graph waits for them.
    for (const int32_t rows : {15, 20, 17, 31}) {
      if (world.sequences() == 2) {
        for (int i = 0; i < 2; ++i) world.leave();
      }
      world.take_over(rows);
      world.step(2);
    }
    CHECK_EQUAL(link::graphs_captured() - before, 6u);
    link::run_at_once();
    CHECK(world.same_memory());
  }
}

TEST(cuda_graphs_have_few_shapes) {
  const std::vector<std::pair<size_t, int32_t>> sizes = {{1, 1},   {2, 2},   {3, 4},   {4, 4},   {5, 8},   {8, 8},
                                                         {9, 16},  {16, 16}, {17, 24}, {33, 40}, {57, 64}, {64, 64}};
  for (const auto &[count, bound] : sizes) check_shape(shape_of(at(count, 0)), {bound, bound, 1});
  check_shape(shape_of(at(65, 0)), {0, 0, 0});
  check_shape(shape_of(at(2, 5), 2), {0, 0, 0});
  check_shape(shape_of({511}), {1, 1, 1});
  check_shape(shape_of({512}), {1, 2, 2});
  check_shape(shape_of({1024}), {1, 4, 4});
  check_shape(shape_of({1024, 1024, 3}), {4, 8, 4});  // 7 work items
  check_shape(shape_of({1024, 1, 2, 3}), {4, 8, 4});  // 6
  check_shape(shape_of({2000}, 1, 40), {1, 1, 1});
}

TEST(cuda_graphs_are_captured_once_a_shape) {
  simt::Machine::get().reset({});
  GraphCase world(graph_model(), 20, 41);
  const uint64_t captured = link::graphs_captured(), launched = link::graphs_launched();
  // Two pieces each. The longest comes first; the shapes after it hold 1, 2, 4, 8, 16.
  world.take_over(140);
  world.step(1);
  CHECK_EQUAL(link::graphs_captured() - captured, 2u);
  while (world.sequences() < 12) world.take_over(60 + 7 * world.sequences());
  for (int round = 0; round < 3; ++round) {
    for (int32_t count = 1; count <= 12; ++count) world.step(count);
    CHECK_EQUAL(link::graphs_captured() - captured, 10u);
    // The first step of each of five shapes is launched plainly.
    CHECK_EQUAL(link::graphs_launched() - launched, 2u * (1 + 12 * (static_cast<uint64_t>(round) + 1) - 5));
  }
  // A step with a prompt in it is launched plainly.
  const uint64_t before = link::graphs_launched();
  world.come();
  world.step(64);
  CHECK_EQUAL(link::graphs_launched(), before);
}

TEST(cuda_graphs_go_with_a_failure_and_with_other_memory) {
  simt::Machine::get().reset({});
  GraphCase world(graph_model(), 4, 42);
  world.take_over(100);
  world.take_over(20);
  const auto step_captures = [&](uint64_t expected, int64_t fails = -1) {
    const uint64_t before = link::graphs_captured();
    world.step(2, fails);
    CHECK_EQUAL(link::graphs_captured() - before, expected);
  };
  step_captures(2);
  step_captures(0);
  step_captures(link::kSeen ? 2 : 0, 12);  // lost in the midst of a replay, where devices are
  step_captures(0);
  {
    const Setting on("EBB_CUDA_GRAPHS", "on");
    world.graphs().attach();
  }
  step_captures(2);
  const uint64_t before = link::graphs_launched();
  {
    const Setting off("EBB_CUDA_GRAPHS", "off");
    world.graphs().attach();
  }
  world.step(2);
  CHECK_EQUAL(link::graphs_launched(), before);
  CHECK(world.same_memory());
}

// The table of angles and the partial sums grow with the context; then a shape comes back that was captured before.
TEST(cuda_graphs_go_when_a_buffer_moves) {
  link::on_every_device([] {
    simt::Machine::get().reset({});
    GraphCase world(graph_model(), 4, 43, GraphCase::Room::kAsTheyCome);
    for (const int32_t rows : {3, 254, 510, 3, 1022, 3, 1534, 3}) {
      world.take_over(rows);
      for (int i = 0; i < 3; ++i) world.step(1);
      world.leave();
    }
    CHECK(simt::Machine::get().findings.empty());
    CHECK(world.same_memory());
  });
}

// Many short sequences first, so that a longer one afterwards needs no more of anything else.
TEST(cuda_graphs_go_when_angles_alone_move) {
  simt::Machine::get().reset({});
  GraphCase world(graph_model(), 24, 44, GraphCase::Room::kAsTheyCome);
  while (world.sequences() < 24) world.take_over(3);
  for (int i = 0; i < 2; ++i) world.step(24);
  while (world.sequences() > 0) world.leave();
  world.take_over(254);
  for (int i = 0; i < 4; ++i) world.step(1);
  CHECK(simt::Machine::get().findings.empty());
  CHECK(world.same_memory());
}

TEST(cuda_graphs_are_kept_up_to_a_bound) {
  const cuda::OwnStream stream;
  cuda::StepGraphs graphs(2);
  const auto keep = [&](int32_t sequences) {
    cuda::StepGraphs::Pieces pieces;
    pieces.push_back(cuda::captured(stream.get(), [] {}));
    return graphs.keep({sequences, 1, 1, 1}, std::move(pieces));
  };
  const auto has = [&](int32_t sequences) { return graphs.find({sequences, 1, 1, 1}) != nullptr; };
  graphs.settle(5);
  CHECK(keep(1) == graphs.find({1, 1, 1, 1}));
  keep(2);
  CHECK(has(1));
  keep(4);  // in place of 2, which is unused for longest
  CHECK(has(1) && !has(2) && has(4));
  CHECK_EQUAL(graphs.size(), size_t{2});
  graphs.settle(5);
  CHECK(has(1) && has(4));
  graphs.settle(6);
  CHECK(!has(1) && !has(4));
  keep(8);
  graphs.drop();
  CHECK_EQUAL(graphs.size(), size_t{0});
}

TEST(cuda_graphs_are_on_or_off) {
  TinyModel model(graph_model());
  const auto notes = [&](const char *value) {
    const Setting setting("EBB_CUDA_GRAPHS", value);
    TinySession session(link::backend(), model, 1, 4);
    return std::string(link::backend()->notes(session.handle()));
  };
  for (const char *off : {"", "off"}) CHECK(notes(off).find("CUDA graphs") == std::string::npos);
  CHECK(notes("on").find("decode steps of up to 64 sequences are CUDA graphs") != std::string::npos);
  for (const char *wrong : {"1", "true", "ON", "of"}) {
    CHECK_ERROR(EBB_UNSUPPORTED, "set it to on or off, or leave it unset", notes(wrong));
  }
}
