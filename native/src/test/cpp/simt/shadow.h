// What is known of every byte of emulated memory, and the rules that follow.
//
// A byte remembers its last write and its last read as a stamp: in which CTA of
// which launch ("era"), by which thread, and the clock of that thread's warp. The
// clock rises at every barrier; each warp keeps what it knows of the clocks of
// the others. Two accesses are ordered when the later warp knows the earlier
// one's clock, as in FastTrack (Flanagan and Freund, PLDI 2009), with warps as
// the threads and lanes told apart by their warp's clock.
#ifndef EBB_SIMT_SHADOW_H
#define EBB_SIMT_SHADOW_H

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace simt {

constexpr int kWarpSize = 32;
constexpr int kWarpsMax = 32;

// One access, packed: era 32 bits, thread 10, flags 5, clock 17. 0: none. With kManyWarps the clock is
// an index of ReadSets; with kBulk it is that of bulk copies, which threads learn from barriers.
class Stamp {
 public:
  enum Flags : uint32_t { kManyLanes = 1, kManyWarps = 2, kAtomic = 4, kInFlight = 8, kBulk = 16 };

  constexpr Stamp() = default;
  constexpr Stamp(uint32_t era, uint32_t thread, uint32_t flags, uint32_t clock)
      : bits_(uint64_t{era} << 32 | uint64_t{thread} << 22 | uint64_t{flags} << 17 | clock) {}

  constexpr uint32_t era() const { return static_cast<uint32_t>(bits_ >> 32); }
  constexpr uint32_t thread() const { return static_cast<uint32_t>(bits_ >> 22) & 1023u; }
  constexpr uint32_t flags() const { return static_cast<uint32_t>(bits_ >> 17) & 31u; }
  constexpr uint32_t clock() const { return static_cast<uint32_t>(bits_) & kClockMax; }
  constexpr uint64_t bits() const { return bits_; }
  constexpr bool operator==(const Stamp &other) const = default;

  static constexpr uint32_t kClockMax = (1u << 17) - 1;

 private:
  uint64_t bits_ = 0;
};

struct Cell {
  Stamp write;
  Stamp read;
};

// Which warps read a byte, and when: for bytes that several read with no order between them.
class ReadSets {
 public:
  void clear();
  // The set of an earlier stamp's readers and one more; the same for the same question.
  uint32_t join(Stamp earlier, uint32_t warp, uint32_t clock);
  bool known(uint32_t set, const uint32_t *known) const;

 private:
  struct Set {
    uint32_t until[kWarpsMax];  // the reader's clock + 1; 0: no reader
  };
  struct Question {
    uint64_t earlier;
    uint64_t reader;
    auto operator<=>(const Question &) const = default;
  };
  std::vector<Set> sets_;
  std::map<Question, uint32_t> asked_;
  Question last_{};
  uint32_t last_answer_ = 0;
};

// Who accesses, and what its warp knows.
struct Actor {
  uint32_t era;             // of the current CTA
  uint32_t launch_first;    // eras from here on belong to the current launch
  uint32_t thread;          // within the CTA
  uint32_t clock;           // of its warp
  uint32_t bulk;            // the clock of bulk copies that its warp knows
  const uint32_t *known;    // [kWarpsMax] clocks of other warps that its warp knows
  ReadSets *readers;
};

enum class Verdict { kFine, kRaceWithWrite, kRaceWithRead, kInFlight, kUninitialised };

// Judges one byte's access and notes it. `shared` memory forgets with its CTA:
// bytes not written in this era are uninitialised.
Verdict judge_read(Cell &cell, const Actor &actor, bool shared);
Verdict judge_write(Cell &cell, const Actor &actor, bool atomic);

}  // namespace simt

#endif  // EBB_SIMT_SHADOW_H
