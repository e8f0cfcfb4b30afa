// How threads come together: in an instruction of their warp, of their warpgroup, in a barrier of the CTA;
// and what is said when they do not.
#include <algorithm>
#include <cstring>

#include "simt/machine.h"

namespace simt {

bool Where::operator==(const Where &other) const {
  return line == other.line && (file == other.file || std::strcmp(file, other.file) == 0);
}

const char *meeting_name(Meeting meeting) {
  switch (meeting) {
    case Meeting::kShuffle: return "a shuffle";
    case Meeting::kVote: return "a vote";
    case Meeting::kWarpBarrier: return "a barrier of the warp";
    case Meeting::kMma: return "an mma";
    case Meeting::kFence: return "a fence";
    case Meeting::kBarrierWait: return "a wait for a phase";
    case Meeting::kWgmma: return "a wgmma";
    default: return "an ldmatrix";
  }
}

std::string text_of(Where where) {
  const char *slash = std::strrchr(where.file, '/');
  return std::string(slash == nullptr ? where.file : slash + 1) + ":" + std::to_string(where.line);
}

void Machine::wake(Thread &thread) {
  thread.state = State::kReady;
  ++warps_[static_cast<size_t>(thread.warp)]->ready;
}

void Machine::settle(Warp &warp) {
  if (options.count) warp.log.settle(counters);
}

bool Machine::gather(Meeting meeting, Where where, void *payload) {
  Thread &thread = *current_;
  Warp &warp = *warps_[static_cast<size_t>(thread.warp)];
  if (warp.arrived == 0) {
    warp.meeting = meeting;
    warp.where = where;
  }
  if (warp.meeting != meeting || !(warp.where == where) || warp.done > 0) {
    diverged(thread_name(thread) + " comes to " + meeting_name(meeting) + " at " + text_of(where) +
             (warp.done > 0 ? " after others of its warp have ended"
                            : std::string(" while others wait in ") + meeting_name(warp.meeting) + " at " +
                                  text_of(warp.where)));
    stop_here();
  }
  warp.payloads[thread.lane] = payload;
  if (++warp.arrived < kWarpSize) {
    thread.state = State::kInWarp;
    --warp.ready;
    thread.fiber.suspend();
    return false;
  }
  warp.arrived = 0;
  return true;
}

void Machine::meet(Meeting meeting, Where where, void *payload,
                   void (*finish)(Machine &, void *const *)) {
  if (!gather(meeting, where, payload)) return;  // the last one to come did it
  const Thread &thread = *current_;
  Warp &warp = *warps_[static_cast<size_t>(thread.warp)];
  finish(*this, warp.payloads);
  settle(warp);
  for (int lane = 0; lane < kWarpSize; ++lane) {
    if (lane != thread.lane) wake(*threads_[static_cast<size_t>(thread.warp * kWarpSize + lane)]);
  }
}

void Machine::meet_group(Where where, void *payload, void (*finish)(Machine &, WarpGroup &)) {
  if (!gather(Meeting::kWgmma, where, payload)) return;
  Thread &thread = *current_;
  const int index = thread.warp / kGroupWarps;
  if (static_cast<size_t>(index) >= groups_.size()) {
    diverged(thread_name(thread) + " comes to a wgmma at " + text_of(where) + " outside a whole warpgroup");
    stop_here();
  }
  WarpGroup &group = groups_[static_cast<size_t>(index)];
  if (group.arrived == 0) group.where = where;
  if (!(group.where == where)) {
    diverged(thread_name(thread) + " comes to a wgmma at " + text_of(where) +
             " while others of its warpgroup wait at " + text_of(group.where));
    stop_here();
  }
  Warp &warp = *warps_[static_cast<size_t>(thread.warp)];
  std::copy(std::begin(warp.payloads), std::end(warp.payloads),
            group.payloads + thread.warp % kGroupWarps * kWarpSize);
  settle(warp);
  if (++group.arrived < kGroupWarps) {
    thread.state = State::kInGroup;
    --warp.ready;
    thread.fiber.suspend();
    return;
  }
  group.arrived = 0;
  group.first_warp = index * kGroupWarps;
  finish(*this, group);
  for (int i = 0; i < kGroupWarps * kWarpSize; ++i) {
    Thread &other = *threads_[static_cast<size_t>(index * kGroupWarps * kWarpSize + i)];
    if (&other != &thread) wake(other);
  }
}

void Machine::warp_clock_tick() {
  Warp &warp = *warps_[static_cast<size_t>(current_->warp)];
  if (++warp.clock >= Stamp::kClockMax) diverged("more barriers than the emulator can count");
  warp.known[current_->warp] = warp.clock;
}

void Machine::cta_barrier(Where where) {
  Thread &thread = *current_;
  Warp &warp = *warps_[static_cast<size_t>(thread.warp)];
  if (at_barrier_ == 0) barrier_where_ = where;
  if (!(barrier_where_ == where) || done_ > 0) {
    diverged(thread_name(thread) + " comes to the CTA's barrier at " + text_of(where) +
             (done_ > 0 ? " after other threads have ended"
                        : " while others wait in the one at " + text_of(barrier_where_)));
    stop_here();
  }
  thread.state = State::kInBarrier;
  --warp.ready;
  if (++warp.at_barrier == kWarpSize) settle(warp);
  if (++at_barrier_ == thread_count_) {
    release_barrier();
  } else {
    thread.fiber.suspend();
  }
}

void Machine::release_barrier() {
  at_barrier_ = 0;
  uint32_t bulk = 0;
  if (options.count) ++counters.cta_barrier;
  for (int w = 0; w < warp_count_; ++w) {
    Warp &warp = *warps_[static_cast<size_t>(w)];
    warp.at_barrier = 0;
    bulk = std::max(bulk, warp.bulk);
    if (++warp.clock >= Stamp::kClockMax) diverged("more barriers than the emulator can count");
  }
  for (int w = 0; w < warp_count_; ++w) {
    warps_[static_cast<size_t>(w)]->bulk = bulk;
    for (int other = 0; other < warp_count_; ++other) {
      warps_[static_cast<size_t>(w)]->known[other] = warps_[static_cast<size_t>(other)]->clock;
    }
  }
  for (uint32_t i = 0; i < thread_count_; ++i) wake(*threads_[i]);
}

void Machine::diverged(const std::string &text) {
  findings.add(Fault::kDivergence, std::string(shape_.kernel) + ": " + text);
  aborted_ = true;
}

void Machine::stop_here() {
  current_->fiber.suspend();
  std::abort();  // a launch that was given up is never resumed
}

void Machine::report_deadlock() {
  std::string waiting;
  for (uint32_t i = 0, named = 0; i < thread_count_ && named < 4; ++i) {
    const Thread &thread = *threads_[i];
    if (thread.state == State::kDone) continue;
    if (i > 0 && thread.state == threads_[i - 1]->state) continue;  // the first of each kind will do
    const Warp &warp = *warps_[static_cast<size_t>(thread.warp)];
    waiting += "; " + thread_name(thread) + " in " +
               (thread.state == State::kInBarrier
                    ? "the CTA's barrier at " + text_of(barrier_where_)
                : thread.state == State::kInPhase ? text_of(*thread.waits_for)
                    : std::string(meeting_name(warp.meeting)) + " at " + text_of(warp.where));
    ++named;
  }
  diverged("threads wait for each other for ever" + waiting);
}

std::string Machine::thread_name(const Thread &thread) const {
  return "thread " + std::to_string(thread.id) + " of CTA (" + std::to_string(block_.x) + "," +
         std::to_string(block_.y) + "," + std::to_string(block_.z) + ")";
}

}  // namespace simt
