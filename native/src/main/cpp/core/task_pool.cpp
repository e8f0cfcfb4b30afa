#include "core/task_pool.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace ebb {
namespace {

// Long enough to bridge the serial part between two stages, short enough that an
// idle process takes no core from its neighbours.
constexpr std::chrono::microseconds kSpin{40};

// Layout of a claim: stage in the upper 24 bits, then 20 bits each.
constexpr int kBits = 20;
constexpr uint64_t kMost = (uint64_t{1} << kBits) - 1;

uint64_t next_of(uint64_t claim) { return claim & kMost; }
uint64_t count_of(uint64_t claim) { return claim >> kBits & kMost; }

inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Returns when `value` is no longer `old`: spins, then sleeps.
void wait_while(const std::atomic<uint32_t> &value, uint32_t old) {
  const auto deadline = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < 32; ++i) {
      if (value.load(std::memory_order_acquire) != old) return;
      relax();
    }
  } while (std::chrono::steady_clock::now() < deadline);
  value.wait(old, std::memory_order_acquire);
}

}  // namespace

TaskPool::TaskPool(int threads) {
  workers_.reserve(static_cast<size_t>(std::max(threads - 1, 0)));
  try {
    for (int i = 1; i < threads; ++i) workers_.emplace_back([this, i] { work(i); });
  } catch (...) {
    stop();
    throw;
  }
}

TaskPool::~TaskPool() { stop(); }

void TaskPool::stop() {
  stopping_.store(true, std::memory_order_release);
  generation_.fetch_add(1, std::memory_order_release);
  generation_.notify_all();
  for (std::thread &worker : workers_) worker.join();
  workers_.clear();
}

void TaskPool::work(int thread) {
  uint32_t seen = 0;
  for (;;) {
    wait_while(generation_, seen);
    seen = generation_.load(std::memory_order_acquire);
    if (stopping_.load(std::memory_order_acquire)) return;
    take_tasks(thread);
  }
}

void TaskPool::take_tasks(int thread) {
  uint64_t claim = claim_.load(std::memory_order_acquire);
  while (next_of(claim) < count_of(claim)) {
    if (!claim_.compare_exchange_weak(claim, claim + 1, std::memory_order_acq_rel)) continue;
    // From here to the end of the task the stage cannot end, so the job stays.
    try {
      if (!failed_.load(std::memory_order_relaxed)) {
        job_.call(job_.context, first_ + static_cast<int64_t>(next_of(claim)), thread);
      }
    } catch (...) {
      const std::lock_guard<std::mutex> lock(failure_mutex_);
      if (!failure_) failure_ = std::current_exception();
      failed_.store(true, std::memory_order_relaxed);
    }
    const auto total = static_cast<uint32_t>(count_of(claim));
    if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == total) done_.notify_one();
    claim = claim_.load(std::memory_order_acquire);
  }
}

void TaskPool::run_slice(const Job &job, int64_t first, uint64_t count) {
  job_ = job;
  first_ = first;
  done_.store(0, std::memory_order_relaxed);
  const uint64_t stage = (claim_.load(std::memory_order_relaxed) >> (2 * kBits)) + 1;
  claim_.store(stage << (2 * kBits) | count << kBits, std::memory_order_release);
  generation_.fetch_add(1, std::memory_order_release);
  generation_.notify_all();
  take_tasks(0);
  for (uint32_t done = done_.load(std::memory_order_acquire); done != count;
       done = done_.load(std::memory_order_acquire)) {
    wait_while(done_, done);
  }
}

void TaskPool::dispatch(const Job &job, int64_t count) {
  for (int64_t first = 0; first < count; first += static_cast<int64_t>(kMost)) {
    run_slice(job, first, std::min<uint64_t>(kMost, static_cast<uint64_t>(count - first)));
  }
  if (failed_.exchange(false)) std::rethrow_exception(std::exchange(failure_, nullptr));
}

}  // namespace ebb
