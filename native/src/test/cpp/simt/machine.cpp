#include "simt/machine.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <numeric>

// hooks.cpp, or nothing.
extern "C" __attribute__((weak)) void __tsan_read1(void *);

namespace simt {

namespace {

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
  if (shape.dynamic_shared_bytes > shared_bytes_max) {
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
  if (shared_.bytes_used() > shared_bytes_max) {
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

}  // namespace simt
