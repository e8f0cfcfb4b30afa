// Keys and values on their way: how many bytes a step moves, that what another process wrote is seen, and that any
// order in which the device may run its queues gives the same bits.
#include <cstring>
#include <numeric>

#include "check.h"
#include "cuda/link.h"
#include "fixture.h"
#include "simt/check_run.h"

using namespace ebb;
using namespace ebb::test;

namespace {

constexpr int32_t kBlocks = 12;

// Copies of 64 KB are worth their while, so a model this wide sends each layer on its own way.
TinyConfig wide() {
  TinyConfig config;
  config.layers = 3;
  config.hidden = 64;
  config.heads = 4;
  config.kv_heads = 4;
  config.head_dim = 256;
  config.rope_dims = 256;
  config.ffn = 64;
  config.kv_type = EBB_KV_F16;
  return config;
}

TinyConfig narrow() {
  TinyConfig config = wide();
  config.kv_heads = 2;
  config.head_dim = 32;
  config.rope_dims = 32;
  return config;
}

TinyConfig with_int8(TinyConfig config) {
  config.kv_type = EBB_KV_I8;
  return config;
}

std::vector<int32_t> tokens_of(size_t count, uint32_t seed) {
  std::mt19937 bits(seed);
  std::vector<int32_t> tokens(count);
  for (int32_t &token : tokens) token = static_cast<int32_t>(bits() % 101);
  return tokens;
}

// A session whose memory is told apart by editions, with one sequence in it.
class Process {
 public:
  explicit Process(TinyModel &model) : model_(model), session_(link::backend(), model, 1, kBlocks) {}

  // Logits of the last of `tokens`, whose first `start` are in the blocks already.
  std::vector<float> step(const std::vector<int32_t> &tokens, int32_t start, const std::vector<int32_t> &blocks,
                          const std::vector<uint64_t> &editions) {
    TinyBatch batch({{{tokens.begin() + start, tokens.end()}, start, blocks, false, editions}}, 101);
    const uint64_t up = link::uploaded(), down = link::downloaded();
    session_.forward(batch);
    uploaded = link::uploaded() - up;
    downloaded = link::downloaded() - down;
    return batch.logits(0);
  }
  void takes_memory_of(const Process &other) {
    std::memcpy(session_.kv(), other.session_.kv(), kBlocks * model_.kv_layout().block_bytes());
  }
  TinySession &session() { return session_; }
  uint64_t row_bytes() const { return model_.kv_layout().block_bytes() / 16; }

  uint64_t uploaded = 0;
  uint64_t downloaded = 0;

 private:
  TinyModel &model_;
  TinySession session_;
};

constexpr uint64_t kLogitBytes = 101 * 4;
const std::vector<int32_t> kTable = {5, 0, 7};

void check_moves_what_changed_and_no_more(const TinyConfig &config) {
  simt::Machine::get().reset({});
  TinyModel model(config);
  Process counted(model), uncounted(model);
  const auto tokens = tokens_of(40, 3);
  const std::vector<uint64_t> editions = {1, 4, 9};
  for (int32_t start = 0; start < 40;) {
    const int32_t end = start == 0 ? 29 : start + 1;
    const std::vector<int32_t> so_far(tokens.begin(), tokens.begin() + end);
    const auto logits = counted.step(so_far, start, kTable, editions);
    CHECK(logits == uncounted.step(so_far, start, kTable, {0, 0, 0}));
    const auto context = static_cast<uint64_t>(start);
    CHECK_BYTES(uncounted.uploaded - counted.uploaded, context * counted.row_bytes());
    const uint64_t written = static_cast<uint64_t>(end - start) * counted.row_bytes();
    CHECK_BYTES(counted.downloaded, written + kLogitBytes);
    CHECK_BYTES(uncounted.downloaded, written + kLogitBytes);
    start = end;
  }
}

// A block that went to another writer and came back under a new edition is brought again, alone.
void check_sees_what_others_wrote(const TinyConfig &config) {
  simt::Machine::get().reset({});
  TinyModel model(config);
  const auto tokens = tokens_of(40, 3);
  const auto others = tokens_of(40, 8);
  Process here(model), there(model), fresh(model);
  here.step({tokens.begin(), tokens.begin() + 39}, 0, kTable, {1, 1, 1});
  const auto first = here.step(tokens, 39, kTable, {1, 1, 1});
  const uint64_t nothing = here.uploaded;
  there.step({others.begin(), others.begin() + 39}, 0, kTable, {2, 2, 2});
  here.takes_memory_of(there);
  fresh.takes_memory_of(there);
  const auto second = here.step(others, 39, kTable, {2, 2, 2});
  CHECK_BYTES(here.uploaded - nothing, 39 * here.row_bytes());
  CHECK(second != first);
  CHECK(second == fresh.step(others, 39, kTable, {7, 7, 7}));
}

// Prefill hands over in the middle of a block, decode fills it, and prefill takes the whole block for its prefix.
void check_follows_a_sequence_through_two_processes(const TinyConfig &config) {
  simt::Machine::get().reset({});
  TinyModel model(config);
  const auto tokens = tokens_of(40, 5);
  const std::vector<uint64_t> editions = {3, 3, 3};
  Process prefill(model), decode(model), alone(model);
  const auto upto = [&](int32_t end) { return std::vector<int32_t>(tokens.begin(), tokens.begin() + end); };
  prefill.step(upto(20), 0, kTable, editions);
  decode.takes_memory_of(prefill);
  for (int32_t end = 21; end <= 34; ++end) decode.step(upto(end), end - 1, kTable, editions);
  prefill.takes_memory_of(decode);
  const auto last = prefill.step(upto(36), 32, kTable, editions);
  const uint64_t inputs = prefill.uploaded - 16 * prefill.row_bytes();  // the first block it has, the second not all of
  CHECK(last == alone.step(upto(36), 0, kTable, editions));
  prefill.step(upto(40), 36, kTable, editions);
  CHECK_BYTES(prefill.uploaded, inputs);
}

// Attention reads whole spans of 64 positions, so from the window's first span on all rows must be there, those too
// that no token sees: what is not there may be NaN, and a weight of zero does not make it zero.
TEST(cuda_kv_travel_brings_the_whole_span_where_a_window_begins) {
  simt::Machine::get().reset({});
  TinyConfig config = narrow();
  config.sliding_window = 21;
  TinyModel model(config);
  const auto tokens = tokens_of(161, 5);
  const std::vector<int32_t> table = {5, 0, 7, 1, 2, 3, 4, 6, 8, 9, 10};
  const std::vector<uint64_t> editions(table.size(), 1);
  Process prefill(model);
  for (const int32_t rows : {80, 111, 112, 113, 160}) {
    const std::vector<int32_t> upto(tokens.begin(), tokens.begin() + rows + 1);
    const auto expected = prefill.step(upto, 0, table, std::vector<uint64_t>(table.size(), 0));
    Process decode(model);
    decode.takes_memory_of(prefill);
    CHECK(decode.step(upto, rows, table, editions) == expected);
    CHECK(simt::Machine::get().findings.empty());
  }
}

void check_brings_copied_blocks(const TinyConfig &config) {
  simt::Machine::get().reset({});
  TinyModel model(config);
  const auto tokens = tokens_of(24, 6);
  Process process(model);
  const std::vector<int32_t> most(tokens.begin(), tokens.begin() + 23);
  process.step(most, 0, {1, 2}, {1, 1});
  process.step(tokens_of(23, 9), 0, {3, 4}, {1, 1});
  const auto expected = process.step(tokens, 23, {1, 2}, {1, 1});
  // Even where the target's edition is one that the device knows.
  const int32_t source[] = {1, 2}, target[] = {3, 4};
  CHECK_EQUAL(link::backend()->copy_blocks(process.session().handle(), source, target, 2), EBB_OK);
  CHECK(process.step(tokens, 23, {3, 4}, {1, 1}) == expected);
}

}  // namespace

TEST(cuda_kv_travel_moves_what_changed_and_no_more) {
  check_moves_what_changed_and_no_more(narrow());
  check_moves_what_changed_and_no_more(with_int8(narrow()));
}

TEST(cuda_kv_travel_sees_what_others_wrote) {
  check_sees_what_others_wrote(narrow());
  check_sees_what_others_wrote(with_int8(narrow()));
}

TEST(cuda_kv_travel_follows_a_sequence_through_two_processes) {
  check_follows_a_sequence_through_two_processes(narrow());
  check_follows_a_sequence_through_two_processes(with_int8(narrow()));
}

TEST(cuda_kv_travel_brings_copied_blocks) {
  check_brings_copied_blocks(narrow());
  check_brings_copied_blocks(with_int8(narrow()));
}

// Layers travel apart in the wide model, together in the narrow one.
TEST(cuda_kv_travel_has_one_result_in_all_orders_of_the_queues) {
  const auto tokens = tokens_of(35, 4);
  for (const TinyConfig &config : {wide(), narrow(), with_int8(wide()), with_int8(narrow())}) {
    TinyModel model(config);
    simt::Machine::get().reset({});
    std::vector<float> expected;
    std::vector<uint8_t> memory;
    for (uint64_t seed = 0; seed <= 8; ++seed) {
      Process prefill(model), decode(model);
      if (seed > 0) link::run_at_random(seed);
      prefill.step({tokens.begin(), tokens.begin() + 33}, 0, kTable, {1, 1, 1});
      decode.takes_memory_of(prefill);
      decode.step({tokens.begin(), tokens.begin() + 34}, 33, kTable, {1, 1, 1});
      const auto logits = decode.step(tokens, 34, kTable, {1, 1, 1});
      const uint8_t *kv = decode.session().kv();
      const std::vector<uint8_t> after(kv, kv + kBlocks * model.kv_layout().block_bytes());
      link::run_at_once();
      if (seed == 0) {
        expected = logits;
        memory = after;
      }
      CHECK(logits == expected);
      CHECK(after == memory);
    }
  }
}

#if !defined(EBB_ON_DEVICE)
TEST(cuda_kv_travel_pins_the_memory_or_says_why_not) {
  TinyModel model(narrow());
  simt::Streams &streams = simt::Streams::get();
  const ebb_backend *backend = ebb_backend_cuda_emulated();
  {
    TinySession session(backend, model, 1, kBlocks);
    CHECK_EQUAL(streams.pinned.at(session.kv()), kBlocks * model.kv_layout().block_bytes());
    CHECK(std::string(backend->notes(session.handle())).find("are pinned") != std::string::npos);
  }
  CHECK(streams.pinned.empty());
  streams.pins = false;
  TinySession session(backend, model, 1, kBlocks);
  streams.pins = true;
  CHECK(streams.pinned.empty());
  const std::string note = backend->notes(session.handle());
  CHECK(note.find("could not be pinned (this emulator was told to refuse)") != std::string::npos);
}
#endif
