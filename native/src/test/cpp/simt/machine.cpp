#include "simt/machine.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <numeric>

// hooks.cpp, or nothing.
extern "C" __attribute__((weak)) void __tsan_read1(void *);

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

namespace {

std::string text_of(Where where) {
  const char *slash = std::strrchr(where.file, '/');
  return std::string(slash == nullptr ? where.file : slash + 1) + ":" + std::to_string(where.line);
}

bool hooks_are_linked() { return __tsan_read1 != nullptr; }

}  // namespace

Machine::Machine() {
  const char *chosen = std::getenv("EBB_SIMT_SM90");
  sm90 = chosen != nullptr && std::strcmp(chosen, "1") == 0;
  reset({});
}

Machine &Machine::get() {
  static Machine machine;
  return machine;
}

void Machine::reset(const Options &chosen) {
  options = chosen;
  options.check = options.check && hooks_are_linked();
  options.count = options.count && hooks_are_linked();
  findings.clear();
  counters = {};
  random_.seed(chosen.seed);
}

// --- launching ---

bool Machine::accept(const LaunchShape &shape) {
  const uint64_t threads = uint64_t{shape.block.x} * shape.block.y * shape.block.z;
  const auto refuse = [&](const std::string &why) {
    findings.add(Fault::kResource, std::string(shape.kernel) + ": " + why);
    return false;
  };
  if (threads == 0 || threads > 1024 || threads % kWarpSize != 0) {
    return refuse(std::to_string(threads) + " threads a CTA; whole warps, at most 1024");
  }
  if (shape.grid.x == 0 || shape.grid.y == 0 || shape.grid.z == 0) return refuse("an empty grid");
  if (shape.grid.y > 65535 || shape.grid.z > 65535) return refuse("grid.y or grid.z over 65535");
  if (shape.dynamic_shared_bytes > kSharedBytesMax) {
    return refuse(std::to_string(shape.dynamic_shared_bytes) + " bytes of shared memory");
  }
  return true;
}

void Machine::launch(const LaunchShape &shape, const std::function<void()> &body) {
  if (!accept(shape)) return;
  shape_ = shape;
  body_ = &body;
  thread_count_ = shape.block.x * shape.block.y * shape.block.z;
  warp_count_ = static_cast<int>(thread_count_ / kWarpSize);
  while (threads_.size() < thread_count_) threads_.push_back(std::make_unique<Thread>());
  while (warps_.size() < static_cast<size_t>(warp_count_)) warps_.push_back(std::make_unique<Warp>());
  launch_first_era_ = era_ + 1;
  aborted_ = false;
  ++launches_;

  const uint64_t ctas = uint64_t{shape.grid.x} * shape.grid.y * shape.grid.z;
  std::vector<uint64_t> order(ctas);
  std::iota(order.begin(), order.end(), uint64_t{0});
  if (options.schedule == Schedule::kReverse) std::reverse(order.begin(), order.end());
  if (options.schedule == Schedule::kRandom) std::shuffle(order.begin(), order.end(), random_);
  for (const uint64_t cta : order) {
    block_ = {static_cast<unsigned>(cta % shape.grid.x),
              static_cast<unsigned>(cta / shape.grid.x % shape.grid.y),
              static_cast<unsigned>(cta / shape.grid.x / shape.grid.y)};
    run_cta(body);
    if (aborted_) break;
  }
}

void Machine::begin_cta() {
  ++era_;
  done_ = 0;
  at_barrier_ = 0;
  shared_.begin(shape_.dynamic_shared_bytes);
  barriers_.clear();
  landing_.clear();
  bulk_clock_ = 0;
  readers_.clear();
  groups_.assign(static_cast<size_t>(warp_count_ / kGroupWarps), {});
  for (uint32_t i = 0; i < thread_count_; ++i) {
    Thread &thread = *threads_[i];
    thread.id = i;
    thread.index = {i % shape_.block.x, i / shape_.block.x % shape_.block.y,
                    i / shape_.block.x / shape_.block.y};
    thread.warp = static_cast<int>(i / kWarpSize);
    thread.lane = static_cast<int>(i % kWarpSize);
    thread.state = State::kReady;
    thread.open.clear();
    thread.groups.clear();
    thread.fiber.prepare(thread_main, &thread);
  }
  for (int i = 0; i < warp_count_; ++i) {
    Warp &warp = *warps_[static_cast<size_t>(i)];
    warp.arrived = warp.done = warp.at_barrier = 0;
    warp.ready = kWarpSize;
    warp.clock = 0;
    warp.bulk = warp.fenced = 0;
    std::fill(std::begin(warp.known), std::end(warp.known), 0u);
    warp.log.clear();
  }
}

void Machine::run_cta(const std::function<void()> &) {
  begin_cta();
  while (done_ < thread_count_ && !aborted_) {
    const bool random = options.schedule == Schedule::kRandom;
    if (random && !landing_.empty() && random_() % 4 == 0) land_one();
    const int warp = pick_ready_warp();
    if (warp < 0) {
      if (land_one()) continue;
      report_deadlock();
      return;
    }
    if (random) {
      run_warp_once(warp);
    } else {
      run_warp_in_order(warp);
    }
  }
  if (!aborted_) check_nothing_in_flight();
  counters.shared_bytes_max = std::max<uint64_t>(counters.shared_bytes_max, shared_.bytes_used());
  if (shared_.bytes_used() > kSharedBytesMax) {
    findings.add(Fault::kResource, std::string(shape_.kernel) + ": a CTA uses " +
                                       std::to_string(shared_.bytes_used()) + " bytes of shared memory");
  }
}

int Machine::pick_ready_warp() {
  int found = -1;
  int seen = 0;
  for (int i = 0; i < warp_count_; ++i) {
    const int warp = options.schedule == Schedule::kReverse ? warp_count_ - 1 - i : i;
    if (warps_[static_cast<size_t>(warp)]->ready == 0) continue;
    if (options.schedule != Schedule::kRandom) return warp;
    ++seen;
    if (random_() % static_cast<uint64_t>(seen) == 0) found = warp;
  }
  return found;
}

void Machine::run_warp_in_order(int warp) {
  while (warps_[static_cast<size_t>(warp)]->ready > 0 && !aborted_) {
    for (int i = 0; i < kWarpSize && !aborted_; ++i) {
      const int lane = options.schedule == Schedule::kReverse ? kWarpSize - 1 - i : i;
      Thread &thread = *threads_[static_cast<size_t>(warp * kWarpSize + lane)];
      if (thread.state == State::kReady) resume(thread);
    }
  }
}

void Machine::run_warp_once(int warp) {
  const int start = static_cast<int>(random_() % kWarpSize);
  const int stride = static_cast<int>(random_() % (kWarpSize / 2)) * 2 + 1;
  for (int i = 0; i < kWarpSize && !aborted_; ++i) {
    const int lane = (start + i * stride) % kWarpSize;
    Thread &thread = *threads_[static_cast<size_t>(warp * kWarpSize + lane)];
    if (thread.state == State::kReady) resume(thread);
  }
}

void Machine::resume(Thread &thread) {
  current_ = &thread;
  thread.fiber.resume();
  current_ = nullptr;
}

void Machine::thread_main(void *argument) {
  Machine &machine = get();
  (*machine.body_)();
  machine.thread_done();
  static_cast<Thread *>(argument)->fiber.suspend();
}

void Machine::thread_done() {
  Thread &thread = *current_;
  Warp &warp = *warps_[static_cast<size_t>(thread.warp)];
  for (const auto &group : thread.groups) complete(thread, group);
  complete(thread, thread.open);
  thread.state = State::kDone;
  --warp.ready;
  ++done_;
  if (warp.arrived > 0) {
    diverged(thread_name(thread) + " ends while others of its warp wait in " +
             meeting_name(warp.meeting) + " at " + text_of(warp.where));
  } else if (at_barrier_ > 0) {
    diverged(thread_name(thread) + " ends while others wait in the CTA's barrier at " +
             text_of(barrier_where_));
  } else if (++warp.done == kWarpSize) {
    settle(warp);
  }
}

// --- coming together ---

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
    diverged(thread_name(thread) + " comes to a wgmma at " + text_of(where) + " while others of its warpgroup wait at " +
             text_of(group.where));
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

// --- when threads do not come together ---

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
