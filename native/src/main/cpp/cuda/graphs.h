// Decode steps as CUDA graphs: one a shape, kept as long as what it points at stays where it is.
#ifndef EBB_CUDA_GRAPHS_H
#define EBB_CUDA_GRAPHS_H

#include <atomic>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/batch.h"
#include "cuda/device.h"

namespace ebb::cuda {

struct TilePlan;

// What the launches of a step are made for; the step itself may be smaller in all but the last.
struct StepShape {
  int32_t sequences;  // of one token each; also rows of logits
  int32_t tiles;      // work items of attention: the splits of all of them
  int32_t splits;     // of one of them
  int32_t together;   // layers whose rows go out together: the graph is cut behind them

  auto operator<=>(const StepShape &) const = default;
};

// A step with more sequences is long enough that its launches do not count; they go plainly.
constexpr int32_t kGraphSequences = 64;
// Graphs that are kept: each of the eleven sizes at some lengths of context.
constexpr size_t kGraphsMax = 32;

// Graphs that this process has captured and launched so far, each piece by itself. Replay and plain launches give the
// same bits, so this alone tells that a step was replayed, on a device too.
struct GraphCounts {
  std::atomic<uint64_t> captured{0};
  std::atomic<uint64_t> launched{0};
};
GraphCounts &graph_counts();

// Sequences of the least shape that holds so many: 1, 2, 4, 8, then multiples of 8; of more than kGraphSequences, which
// have no shape, as many as they are.
int32_t padded_sequences(int32_t sequences);

// The least shape that holds the step: sequences as above, and powers of two of work items a sequence and of splits.
// None where a sequence has several tokens, there are more than kGraphSequences, or attention goes in rounds.
std::optional<StepShape> decode_shape(const Batch &batch, const TilePlan &tiles, int32_t together);

// The graphs of one step's buffers. What is not used for longest goes first.
class StepGraphs {
 public:
  // A step's graph lies in pieces: between two of them what was computed begins its way out.
  using Pieces = std::vector<OwnGraph>;

  explicit StepGraphs(size_t most = kGraphsMax) : most_(most) {}

  // The buffers that graphs point at have room for so many elements in all. They only grow, and one that grows moves:
  // with another sum than before, no graph holds any more.
  void settle(size_t room);
  // NULL where none was captured.
  const Pieces *find(const StepShape &shape);
  // One more, in place of the one unused for longest where there are too many.
  const Pieces *keep(const StepShape &shape, Pieces pieces);
  void drop() noexcept { kept_.clear(); }

  size_t size() const { return kept_.size(); }

 private:
  struct Kept {
    Pieces pieces;
    uint64_t used;
  };
  size_t most_;
  size_t room_ = 0;
  uint64_t uses_ = 0;
  std::map<StepShape, Kept> kept_;
};

}  // namespace ebb::cuda

#endif  // EBB_CUDA_GRAPHS_H
