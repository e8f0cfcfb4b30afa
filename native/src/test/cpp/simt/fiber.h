// A fibre: a stack of its own and a place to go on. One runs each CUDA thread.
#ifndef EBB_SIMT_FIBER_H
#define EBB_SIMT_FIBER_H

#include <cstddef>

namespace simt {

// Bytes of a fibre's stack; a page that may not be touched lies below it.
constexpr size_t kStackBytes = 128 * 1024;

class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber &) = delete;
  Fiber &operator=(const Fiber &) = delete;

  // The next resume begins `entry(argument)`, which must never return: it ends in suspend.
  void prepare(void (*entry)(void *), void *argument);

  // From the scheduler: runs the fibre until it suspends.
  void resume();

  // From within: back to who resumed it.
  void suspend();

 private:

  std::byte *stack_;
  void *self_ = nullptr;    // its stack pointer while it is suspended
  void *caller_ = nullptr;  // that of who resumed it, while it runs
  // AddressSanitizer wants to know of every change of stack.
  void *fake_self_ = nullptr;
  void *fake_caller_ = nullptr;
  const void *caller_stack_ = nullptr;
  size_t caller_stack_bytes_ = 0;
  void (*entry_)(void *) = nullptr;
  void *argument_ = nullptr;

  friend void fiber_begin(Fiber *fiber);
};

}  // namespace simt

#endif  // EBB_SIMT_FIBER_H
