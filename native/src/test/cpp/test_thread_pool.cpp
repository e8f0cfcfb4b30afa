#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "check.h"
#include "core/thread_pool.h"

TEST(thread_pool_runs_every_index_once) {
  for (const int threads : {1, 2, 3, 7}) {
    ebb::ThreadPool pool(threads);
    CHECK_EQUAL(pool.threads(), threads);
    // 0: nothing; fewer than threads; just around a grain; many.
    for (const int64_t count : {0, 1, 2, 15, 16, 17, 1000}) {
      std::vector<std::atomic<int>> hits(static_cast<size_t>(count));
      pool.each(count, [&](int64_t i) { ++hits[static_cast<size_t>(i)]; });
      for (const auto &hit : hits) CHECK_EQUAL(hit.load(), 1);
    }
  }
}

TEST(thread_pool_shares_whole_grains) {
  ebb::ThreadPool pool(3);
  std::atomic<int64_t> covered{0};
  pool.ranges(100, 16, [&](int64_t begin, int64_t end) {
    CHECK_EQUAL(begin % 16, 0);
    CHECK(end % 16 == 0 || end == 100);
    covered += end - begin;
  });
  CHECK_EQUAL(covered.load(), 100);
}

TEST(thread_pool_wakes_sleepers) {
  ebb::ThreadPool pool(2);
  std::atomic<int> calls{0};
  for (int round = 0; round < 5; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(3));  // long past the spin
    pool.each_thread([&](int, int) { ++calls; });
  }
  CHECK_EQUAL(calls.load(), 10);
}

TEST(thread_pool_many_short_steps) {
  ebb::ThreadPool pool(3);
  int64_t sums[3] = {};
  for (int round = 0; round < 20000; ++round) {
    pool.each_thread([&](int thread, int) { sums[thread] += round; });
  }
  for (const int64_t sum : sums) CHECK_EQUAL(sum, int64_t{20000} * 19999 / 2);
}

TEST(thread_pool_passes_on_exceptions) {
  ebb::ThreadPool pool(2);
  for (int thrower = 0; thrower < 2; ++thrower) {
    bool thrown = false;
    try {
      pool.each_thread([&](int thread, int) {
        if (thread == thrower) throw std::runtime_error("from a task");
      });
    } catch (const std::runtime_error &) {
      thrown = true;
    }
    CHECK(thrown);
  }
  std::atomic<int> calls{0};
  pool.each_thread([&](int, int) { ++calls; });  // It still works afterwards.
  CHECK_EQUAL(calls.load(), 2);
}
