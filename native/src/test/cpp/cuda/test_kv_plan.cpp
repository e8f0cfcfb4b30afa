// What the device lacks of a step's context, through long random histories of blocks that come, go, grow under another
// process and come back: no row that is read may be another than the one in the attached memory.
#include <functional>
#include <numeric>
#include <optional>
#include <random>

#include "check.h"
#include "cuda/kv_plan.h"

using namespace ebb;
using namespace ebb::cuda;
using namespace ebb::test;

namespace {

constexpr int32_t kBlocks = 9;
constexpr int32_t kRows = 4;

// The attached memory and the device's copy, where a row's content is one number that nothing else has.
class World {
 public:
  World(uint64_t seed, bool counts) : random_(seed), counts_(counts), free_(kBlocks) {
    std::iota(free_.begin(), free_.end(), 0);
    model_.kv.block_tokens = kRows;
    resident_.reset(kBlocks);
  }

  void advance() {
    switch (below(12)) {
      case 0: begin(here_); break;
      case 1: begin(there_); break;
      case 2: finish(here_); break;
      case 3: finish(there_); break;
      case 4: hand_over(here_, there_); break;
      case 5: hand_over(there_, here_); break;
      case 6: work_there(); break;
      case 7: rarely(); break;
      default: step();
    }
  }
  uint64_t stale() const { return stale_; }        // rows read that were not the attached memory's
  uint64_t needless() const { return needless_; }  // blocks brought although all that was read was there
  uint64_t steps() const { return steps_; }
  uint64_t brought() const { return brought_; }

 private:
  struct Block {
    uint64_t edition = 0;
    uint64_t host[kRows] = {};
    uint64_t device[kRows] = {};
    bool trusted = true;  // no failure has made the device's copy one that is brought again
  };
  struct Sequence {
    std::vector<int32_t> blocks;
    int32_t rows = 0;
    bool reopened = false;  // its last row was computed anew by who took it over
  };
  using Sequences = std::vector<Sequence>;

  int32_t below(size_t n) { return static_cast<int32_t>(random_() % n); }

  // A block to write: a free one, or one that is only cached. Its old content stays until it is written.
  std::optional<int32_t> take() {
    std::vector<int32_t> &from = free_.empty() ? cached_ : free_;
    if (from.empty()) return {};
    const auto at = from.begin() + below(from.size());
    const int32_t block = *at;
    from.erase(at);
    ++blocks_[block].edition;
    return block;
  }

  // A new sequence, on a cached block where there is one.
  void begin(Sequences &sequences) {
    Sequence sequence;
    if (!cached_.empty() && below(3) > 0) {
      const auto at = cached_.begin() + below(cached_.size());
      sequence = {{*at}, kRows, false};
      cached_.erase(at);
    }
    sequences.push_back(sequence);
  }

  Sequence remove(Sequences &sequences) {
    const auto at = sequences.begin() + below(sequences.size());
    const Sequence sequence = *at;
    sequences.erase(at);
    return sequence;
  }

  // Full blocks stay as a cache; what was begun is free.
  void finish(Sequences &sequences) {
    if (sequences.empty()) return;
    const Sequence sequence = remove(sequences);
    for (size_t b = 0; b < sequence.blocks.size(); ++b) {
      const bool full = (static_cast<int32_t>(b) + 1) * kRows <= sequence.rows;
      (full ? cached_ : free_).push_back(sequence.blocks[b]);
    }
  }

  // Who takes a sequence over may compute its last row again, for its logits, perhaps to other bits; then only whole
  // blocks of it come back, as a cache.
  void hand_over(Sequences &from, Sequences &to) {
    if (from.empty()) return;
    to.push_back(remove(from));
    Sequence &sequence = to.back();
    if (sequence.reopened) {
      from.push_back(sequence);
      to.pop_back();
    } else if (sequence.rows % kRows != 0 && below(2) == 0) {
      --sequence.rows;
      sequence.reopened = true;
    }
  }

  bool grow(Sequence &sequence, int32_t rows) {
    while (static_cast<int32_t>(sequence.blocks.size()) * kRows < rows) {
      const auto block = take();
      if (!block) return false;
      sequence.blocks.push_back(*block);
    }
    return true;
  }

  uint64_t *host(const Sequence &sequence, int32_t position) {
    return &blocks_[sequence.blocks[static_cast<size_t>(position / kRows)]].host[position % kRows];
  }

  // The other process computes.
  void work_there() {
    if (there_.empty()) return;
    Sequence &sequence = there_[static_cast<size_t>(below(there_.size()))];
    const int32_t end = sequence.rows + 1 + below(5);
    if (!grow(sequence, end)) return;
    for (; sequence.rows < end; ++sequence.rows) *host(sequence, sequence.rows) = ++content_;
  }

  void rarely() {
    if (below(4) != 0) return;
    if (below(2) == 0) {
      forget_device();
    } else if (!here_.empty() && !here_[0].blocks.empty()) {
      copy_block(here_[0]);
    }
  }

  void forget_device() {
    resident_.forget_all();
    for (Block &block : blocks_) {
      for (uint64_t &row : block.device) row = ++content_;
      block.trusted = false;
    }
  }

  // A forked answer gets a copy of the last block.
  void copy_block(const Sequence &sequence) {
    Sequence fork = sequence;
    const auto target = take();
    if (!target) return;
    std::copy_n(blocks_[fork.blocks.back()].host, kRows, blocks_[*target].host);
    resident_.forget(*target);
    blocks_[*target].trusted = false;
    // The other blocks are not shared here: only the copy goes on, as a sequence of its own.
    const int32_t begin = (static_cast<int32_t>(fork.blocks.size()) - 1) * kRows;
    here_.push_back({{*target}, std::clamp(fork.rows - begin, 0, kRows), false});
  }

  // One step of this process, over one or two of its sequences.
  void step() {
    std::vector<int32_t> positions, sequence_indptr = {0}, block_indptr = {0}, table;
    std::vector<uint64_t> editions;
    std::vector<std::pair<size_t, int32_t>> parts;
    for (size_t s = 0; s < here_.size() && s < 2; ++s) {
      const int32_t count = 1 + below(6);
      if (!grow(here_[s], here_[s].rows + count)) continue;
      for (int32_t i = 0; i < count; ++i) positions.push_back(here_[s].rows + i);
      for (const int32_t block : here_[s].blocks) {
        table.push_back(block);
        editions.push_back(counts_ ? blocks_[block].edition : 0);
      }
      sequence_indptr.push_back(static_cast<int32_t>(positions.size()));
      block_indptr.push_back(static_cast<int32_t>(table.size()));
      parts.emplace_back(s, count);
    }
    if (parts.empty()) return;
    model_.sliding_window = below(3) == 0 ? 1 + below(9) : 0;
    Batch batch;
    batch.sequences = static_cast<int32_t>(parts.size());
    batch.positions = positions.data();
    batch.sequence_indptr = sequence_indptr.data();
    batch.block_indptr = block_indptr.data();
    batch.block_table = table.data();
    batch.block_editions = editions.data();
    run(plan_blocks(model_, batch), parts);
    std::rotate(here_.begin(), here_.begin() + 1, here_.end());
  }

  void run(const BlockPlan &plan, const std::vector<std::pair<size_t, int32_t>> &parts) {
    ++steps_;
    for (const BlockRows &rows : resident_.missing(plan.read)) bring(rows);
    for (const auto &[s, count] : parts) read_context(here_[s]);
    const bool fails = below(12) == 0;
    for (const auto &[s, count] : parts) compute(here_[s], count, fails);
    if (fails) {
      forget_device();
    } else {
      resident_.wrote(plan.written);
    }
  }

  void bring(const BlockRows &rows) {
    Block &block = blocks_[rows.block];
    bool differs = false;
    for (int32_t row = rows.from; row < rows.to; ++row) {
      differs |= block.device[row] != block.host[row];
      block.device[row] = block.host[row];
    }
    if (!differs && block.trusted) ++needless_;
    block.trusted = true;
    ++brought_;
  }

  void read_context(const Sequence &sequence) {
    for (int32_t position = model_.first_visible(sequence.rows); position < sequence.rows; ++position) {
      const Block &block = blocks_[sequence.blocks[static_cast<size_t>(position / kRows)]];
      if (block.device[position % kRows] != block.host[position % kRows]) ++stale_;
    }
  }

  // Of a step that fails, some rows are written; its sequences end with it.
  void compute(Sequence &sequence, int32_t count, bool fails) {
    for (int32_t i = 0; i < count; ++i) {
      const int32_t position = sequence.rows + i;
      uint64_t &device = blocks_[sequence.blocks[static_cast<size_t>(position / kRows)]].device[position % kRows];
      device = ++content_;
      if (!fails || below(2) == 0) *host(sequence, position) = device;
    }
    if (!fails) {
      sequence.rows += count;
      return;
    }
    for (const int32_t block : sequence.blocks) free_.push_back(block);
    sequence = {};
  }

  std::mt19937_64 random_;
  bool counts_;
  Model model_;
  ResidentRows resident_;
  Block blocks_[kBlocks];
  std::vector<int32_t> free_, cached_;
  Sequences here_, there_;
  uint64_t content_ = 0;
  uint64_t stale_ = 0, needless_ = 0, steps_ = 0, brought_ = 0;
};

}  // namespace

TEST(cuda_kv_plan_no_stale_row_is_read) {
  uint64_t steps = 0, brought = 0, needless = 0;
  for (uint64_t seed = 1; seed <= 1500; ++seed) {
    World world(seed, true);
    for (int i = 0; i < 400 && world.stale() == 0; ++i) world.advance();
    CHECK_EQUAL(world.stale(), 0u);
    needless += world.needless();
    steps += world.steps();
    brought += world.brought();
  }
  CHECK_EQUAL(needless, 0u);
  CHECK(steps > 60000);
  CHECK(brought > 20000);  // otherwise these histories show nothing
}

TEST(cuda_kv_plan_keeps_nothing_where_nobody_counts) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    World world(seed, false);
    for (int i = 0; i < 400; ++i) world.advance();
    CHECK_EQUAL(world.stale(), 0u);
  }
}

TEST(cuda_kv_plan_refuses_two_editions_of_a_block) {
  Model model;
  model.kv.block_tokens = kRows;
  const std::vector<int32_t> positions = {4, 4}, indptr = {0, 1, 2}, block_indptr = {0, 2, 4}, table = {7, 1, 7, 2};
  const std::vector<uint64_t> editions = {5, 1, 6, 1};
  Batch batch;
  batch.sequences = 2;
  batch.positions = positions.data();
  batch.sequence_indptr = indptr.data();
  batch.block_indptr = block_indptr.data();
  batch.block_table = table.data();
  batch.block_editions = editions.data();
  CHECK_ERROR(EBB_INVALID_ARGUMENT, "block 7 is named under the editions", plan_blocks(model, batch));
}
