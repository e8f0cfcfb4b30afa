// Two sessions that compute the same steps, one with CUDA graphs and one without: whatever happens to their sequences,
// logits, tokens and memory are the same bits.
#ifndef EBB_TEST_GRAPH_CASE_H
#define EBB_TEST_GRAPH_CASE_H

#include <memory>
#include <random>
#include <vector>

#include "fixture.h"

namespace ebb::test {

// A model that the emulator computes fast, and whose rows of all layers travel together.
TinyConfig graph_model();

class GraphCase {
 public:
  // The session with graphs makes room for its steps at once, as functions do, or as they come.
  enum class Room { kAtOnce, kAsTheyCome };
  GraphCase(const TinyConfig &config, int32_t places, uint64_t seed, Room room = Room::kAtOnce);

  // What can happen: a sequence comes with a prompt, or from another process with `rows` computed there; it leaves; it
  // loses its rows and begins anew.
  void come();
  void take_over(int32_t rows);
  void leave();
  void preempt();
  // One token more for `count` of the sequences, or as many as there are; what is new computes its whole prompt first.
  // `fails` is after how many calls the device is lost in the session with graphs; -1: it is not.
  void step(int32_t count, int64_t fails = -1);
  // The memory of both, with what all steps have written.
  bool same_memory();

  int32_t sequences() const { return static_cast<int32_t>(sequences_.size()); }
  int32_t rows(int32_t sequence) const { return sequences_[static_cast<size_t>(sequence)].rows; }
  TinySession &graphs() { return *graphs_; }
  int32_t below(int32_t n) { return static_cast<int32_t>(random_() % static_cast<uint64_t>(n)); }

 private:
  struct Sequence {
    int32_t place;                // its blocks are those of that place
    std::vector<int32_t> tokens;  // not yet computed
    std::vector<int32_t> known;   // those computed here; empty where others computed some
    int32_t rows;
  };

  int32_t free_place();
  Chunk chunk_of(const Sequence &sequence) const;
  std::vector<int32_t> tokens_of(TinySession &session, TinyBatch &batch, int32_t rows, bool choose);
  void compute(const std::vector<Chunk> &chunks, int64_t fails, std::vector<int32_t> &tokens);

  TinyConfig config_;
  TinyModel model_;
  std::mt19937_64 random_;
  int32_t blocks_each_;
  std::vector<uint64_t> editions_;  // of each place
  std::vector<Sequence> sequences_;
  std::unique_ptr<TinySession> plain_, graphs_;
};

}  // namespace ebb::test

#endif  // EBB_TEST_GRAPH_CASE_H
