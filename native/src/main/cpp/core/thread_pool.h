// A fixed team of threads that computes one engine step together.
#ifndef EBB_CORE_THREAD_POOL_H
#define EBB_CORE_THREAD_POOL_H

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace ebb {

// The calling thread is thread 0 and takes part; the others wait for work: they
// spin for a few tens of microseconds, because the next operation of a step
// follows at once, then sleep, because several function processes share the
// cores. Work is cut by index alone, so which thread computes what never
// depends on timing. Only one thread may call a pool at a time.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool &) = delete;
  ThreadPool &operator=(const ThreadPool &) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls body(thread, threads) once on every thread and returns when all have
  // returned. The first exception thrown is thrown again here.
  template <typename Body>
  void each_thread(Body &&body) {
    using Plain = std::remove_reference_t<Body>;
    dispatch([](void *context, int thread, int threads) {
      (*static_cast<Plain *>(context))(thread, threads);
    }, const_cast<void *>(static_cast<const void *>(&body)));
  }

  // Calls body(begin, end) on every thread that gets a share of 0..count-1:
  // contiguous shares whose bounds are multiples of `grain`.
  template <typename Body>
  void ranges(int64_t count, int64_t grain, Body &&body) {
    if (count <= grain || threads() == 1) {
      if (count > 0) body(int64_t{0}, count);
      return;
    }
    each_thread([&](int thread, int threads) {
      const int64_t grains = (count + grain - 1) / grain;
      const int64_t begin = grains * thread / threads * grain;
      const int64_t end = std::min(grains * (thread + 1) / threads * grain, count);
      if (begin < end) body(begin, end);
    });
  }

  // Calls body(i) for every i in 0..count-1, shared out in contiguous ranges.
  template <typename Body>
  void each(int64_t count, Body &&body) {
    ranges(count, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) body(i);
    });
  }

 private:
  using Task = void (*)(void *context, int thread, int threads);

  void dispatch(Task task, void *context);
  void work(int thread);
  void stop();
  void run_task(int thread) noexcept;

  std::vector<std::thread> workers_;
  Task task_ = nullptr;
  void *context_ = nullptr;
  std::mutex failure_mutex_;
  std::exception_ptr failure_;
  // Each on a cache line of its own: workers wait on one, the caller on the other.
  alignas(64) std::atomic<int32_t> generation_{0};
  alignas(64) std::atomic<int32_t> running_{0};
  std::atomic<bool> stopping_{false};
};

}  // namespace ebb

#endif  // EBB_CORE_THREAD_POOL_H
