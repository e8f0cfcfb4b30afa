#include "simt/shadow.h"

#include <algorithm>
#include <stdexcept>

namespace simt {
namespace {

uint32_t warp_of(uint32_t thread) { return thread / kWarpSize; }

// Whether nothing orders the earlier access before the actor's.
bool concurrent(Stamp earlier, const Actor &actor) {
  if (earlier.era() < actor.launch_first || earlier == Stamp()) return false;
  if (earlier.era() != actor.era) return true;  // another CTA of the same launch
  if (earlier.flags() & Stamp::kManyWarps) return !actor.readers->known(earlier.clock(), actor.known);
  if (earlier.flags() & Stamp::kBulk) return actor.bulk < earlier.clock() + 1;
  const bool self = earlier.thread() == actor.thread && !(earlier.flags() & Stamp::kManyLanes);
  return !self && actor.known[warp_of(earlier.thread())] < earlier.clock() + 1;
}

Stamp own(const Actor &actor, uint32_t flags) {
  return {actor.era, actor.thread, flags, actor.clock};
}

// The stamp that stands for an earlier read and this one, neither ordered.
Stamp joined(Stamp earlier, const Actor &actor) {
  if (earlier.era() != actor.era) return earlier;  // any write of this launch conflicts with one of them
  if (earlier.flags() & Stamp::kManyWarps || warp_of(earlier.thread()) != warp_of(actor.thread)) {
    return {actor.era, actor.thread, Stamp::kManyWarps,
            actor.readers->join(earlier, warp_of(actor.thread), actor.clock)};
  }
  return {actor.era, actor.thread, Stamp::kManyLanes, std::max(earlier.clock(), actor.clock)};
}

}  // namespace

void ReadSets::clear() {
  sets_.clear();
  asked_.clear();
  last_ = {};
}

uint32_t ReadSets::join(Stamp earlier, uint32_t warp, uint32_t clock) {
  const Question question{earlier.bits(), uint64_t{warp} << 32 | clock};
  if (question == last_) return last_answer_;  // neighbouring bytes ask the same
  last_ = question;
  const auto found = asked_.find(question);
  if (found != asked_.end()) return last_answer_ = found->second;
  const bool many = earlier.flags() & Stamp::kManyWarps;
  Set set{};
  if (many) {
    set = sets_[earlier.clock()];
  } else {
    set.until[warp_of(earlier.thread())] = earlier.clock() + 1;
  }
  if (many && set.until[warp] == clock + 1) return last_answer_ = asked_[question] = earlier.clock();
  set.until[warp] = clock + 1;
  if (sets_.size() >= Stamp::kClockMax) throw std::length_error("more sets of readers than the emulator can count");
  sets_.push_back(set);
  return last_answer_ = asked_[question] = static_cast<uint32_t>(sets_.size() - 1);
}

bool ReadSets::known(uint32_t set, const uint32_t *known) const {
  for (int warp = 0; warp < kWarpsMax; ++warp) {
    if (known[warp] < sets_[set].until[warp]) return false;
  }
  return true;
}

Verdict judge_read(Cell &cell, const Actor &actor, bool shared) {
  const Stamp write = cell.write;
  if (shared && write.era() != actor.era) return Verdict::kUninitialised;
  if (write.flags() & Stamp::kInFlight && write.era() == actor.era) return Verdict::kInFlight;
  if (concurrent(write, actor)) return Verdict::kRaceWithWrite;
  const Stamp mine = own(actor, 0);
  if (cell.read == mine) return Verdict::kFine;
  const Stamp earlier = cell.read;
  const bool self = earlier.era() == actor.era && earlier.thread() == actor.thread && earlier.flags() == 0;
  cell.read = !self && concurrent(earlier, actor) ? joined(earlier, actor) : mine;
  return Verdict::kFine;
}

Verdict judge_write(Cell &cell, const Actor &actor, bool atomic) {
  const Stamp write = cell.write;
  if (write.flags() & Stamp::kInFlight && write.era() == actor.era) return Verdict::kInFlight;
  const bool both_atomic = atomic && write.flags() & Stamp::kAtomic;
  if (!both_atomic && concurrent(write, actor)) return Verdict::kRaceWithWrite;
  if (concurrent(cell.read, actor)) return Verdict::kRaceWithRead;
  cell.write = own(actor, atomic ? uint32_t{Stamp::kAtomic} : 0u);
  cell.read = Stamp();
  return Verdict::kFine;
}

}  // namespace simt
