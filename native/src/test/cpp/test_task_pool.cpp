// The task pool: every task once, stages in order, failures passed on.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "check.h"
#include "core/task_pool.h"

using namespace ebb;
using namespace ebb::test;

// Many short stages, so that threads that come late meet later stages.
TEST(task_pool_runs_every_task_once) {
  for (const int threads : {1, 2, 3, 8}) {
    TaskPool pool(threads);
    CHECK_EQUAL(pool.threads(), threads);
    for (int stage = 0; stage < 3000; ++stage) {
      const int64_t count = stage * 7 % 23;
      std::vector<int> runs(static_cast<size_t>(count));
      pool.run(count, [&](int64_t task, int thread) {
        runs[static_cast<size_t>(task)] += thread < threads ? 1 : 100;
      });
      CHECK_EQUAL(std::count(runs.begin(), runs.end(), 1), count);
    }
  }
}

// More tasks than one claim counts.
TEST(task_pool_runs_very_many_tasks) {
  TaskPool pool(2);
  constexpr int64_t kCount = (int64_t{1} << 20) + 5;
  std::vector<uint8_t> runs(kCount);
  pool.run(kCount, [&](int64_t task, int) { ++runs[static_cast<size_t>(task)]; });
  CHECK_EQUAL(std::count(runs.begin(), runs.end(), 1), kCount);
}

TEST(task_pool_shares_whole_grains) {
  TaskPool pool(3);
  std::atomic<int64_t> covered{0};
  pool.run_ranges(100, 16, [&](int64_t begin, int64_t end) {
    CHECK_EQUAL(begin % 16, 0);
    CHECK(end % 16 == 0 || end == 100);
    covered += end - begin;
  });
  CHECK_EQUAL(covered.load(), 100);
}

// Threads that have gone to sleep come back for a later stage.
TEST(task_pool_wakes_sleepers) {
  TaskPool pool(2);
  std::atomic<int> runs{0};
  for (int stage = 0; stage < 5; ++stage) {
    std::this_thread::sleep_for(std::chrono::milliseconds(3));  // long past the spin
    pool.run(8, [&](int64_t, int) { ++runs; });
  }
  CHECK_EQUAL(runs.load(), 40);
}

TEST(task_pool_passes_failures_on) {
  TaskPool pool(3);
  for (int round = 0; round < 100; ++round) {
    bool thrown = false;
    try {
      pool.run(16, [&](int64_t task, int) {
        if (task == round % 16) throw std::runtime_error("task " + std::to_string(task));
      });
    } catch (const std::runtime_error &e) {
      thrown = std::string(e.what()) == "task " + std::to_string(round % 16);
    }
    CHECK(thrown);
    std::atomic<int> runs{0};
    pool.run(16, [&](int64_t, int) { ++runs; });
    CHECK_EQUAL(runs.load(), 16);
  }
}
