// The threads that compute an engine step together.
#ifndef EBB_CORE_TASK_POOL_H
#define EBB_CORE_TASK_POOL_H

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace ebb {

// Shares out the tasks of one stage of a step after the other. A thread takes the
// next task when it is done with one, and a stage ends when its tasks are done,
// not when every thread has come by: a thread that the system has put aside for
// another program holds nobody up, unless it is in the middle of a task. Cores
// are shared by several function processes, so that is the usual case and not
// the exception. No result may depend on which thread computes what.
//
// Only one thread may call run at a time; it takes part as thread 0. The others
// spin for a few tens of microseconds after a stage, as the next one follows at
// once, then sleep.
class TaskPool {
 public:
  explicit TaskPool(int threads);
  ~TaskPool();
  TaskPool(const TaskPool &) = delete;
  TaskPool &operator=(const TaskPool &) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls body(task, thread) for every task 0..count-1 and returns when all have
  // returned. The first exception thrown is thrown again here; other tasks of the
  // stage may or may not have run.
  template <typename Body>
  void run(int64_t count, Body &&body) {
    using Plain = std::remove_reference_t<Body>;
    if (count <= 1 || workers_.empty()) {
      for (int64_t task = 0; task < count; ++task) body(task, 0);
      return;
    }
    dispatch({[](void *context, int64_t task, int thread) {
                (*static_cast<Plain *>(context))(task, thread);
              },
              const_cast<void *>(static_cast<const void *>(&body))},
             count);
  }

  // Calls body(begin, end) for the ranges of `grain` that 0..count-1 falls into, the
  // last of which may be shorter.
  template <typename Body>
  void run_ranges(int64_t count, int64_t grain, Body &&body) {
    run((count + grain - 1) / grain, [&](int64_t task, int) {
      body(task * grain, std::min((task + 1) * grain, count));
    });
  }

 private:
  struct Job {
    void (*call)(void *context, int64_t task, int thread);
    void *context;
  };

  void dispatch(const Job &job, int64_t count);
  void run_slice(const Job &job, int64_t first, uint64_t count);
  void take_tasks(int thread);
  void work(int thread);
  void stop();

  std::vector<std::thread> workers_;
  Job job_ = {};
  int64_t first_ = 0;
  std::mutex failure_mutex_;
  std::exception_ptr failure_;
  std::atomic<bool> failed_{false};
  // Each on a cache line of its own. Claim: stage number, tasks, and the next task,
  // in one word, so that a late thread cannot take a task of a stage that is over.
  alignas(64) std::atomic<uint64_t> claim_{0};
  alignas(64) std::atomic<uint32_t> done_{0};        // tasks of the stage that have returned
  alignas(64) std::atomic<uint32_t> generation_{0};  // changes when there is something to do
  std::atomic<bool> stopping_{false};
};

}  // namespace ebb

#endif  // EBB_CORE_TASK_POOL_H
