// The task pool: every task once, stages in order, failures passed on.
#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "check.h"
#include "cpu/task_pool.h"

using namespace ebb;
using namespace ebb::test;

// Many short stages, so that threads that come late meet later stages.
TEST(cpu_task_pool_runs_every_task_once) {
  for (const int threads : {1, 2, 3, 8}) {
    cpu::TaskPool pool(threads);
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
TEST(cpu_task_pool_runs_very_many_tasks) {
  cpu::TaskPool pool(2);
  constexpr int64_t kCount = (int64_t{1} << 20) + 5;
  std::vector<uint8_t> runs(kCount);
  pool.run(kCount, [&](int64_t task, int) { ++runs[static_cast<size_t>(task)]; });
  CHECK_EQUAL(std::count(runs.begin(), runs.end(), 1), kCount);
}

TEST(cpu_task_pool_passes_failures_on) {
  cpu::TaskPool pool(3);
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
