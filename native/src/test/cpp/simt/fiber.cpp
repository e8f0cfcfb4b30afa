#include "simt/fiber.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#define EBB_ASAN 1
#endif

#if !defined(__x86_64__)
#error "the emulator switches stacks by x86-64 instructions; port simt_switch to build it elsewhere"
#endif

// Saves the registers that a function must keep, stores the stack pointer to
// *save, and goes on where `load` was saved (System V ABI, section 3.2.1).
extern "C" void simt_switch(void **save, void *load);
asm(R"(
.text
.globl simt_switch
.type simt_switch, @function
simt_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size simt_switch, .-simt_switch
.globl simt_entry
.type simt_entry, @function
simt_entry:
  movq %rbx, %rdi
  call simt_begin
  ud2
.size simt_entry, .-simt_entry
)");
extern "C" void simt_entry();

namespace simt {

constexpr size_t kGuard = 4096;

void fiber_begin(Fiber *fiber) {
#if EBB_ASAN
  __sanitizer_finish_switch_fiber(nullptr, &fiber->caller_stack_, &fiber->caller_stack_bytes_);
#endif
  fiber->entry_(fiber->argument_);
}

Fiber::Fiber() {
  void *memory = mmap(nullptr, kStackBytes + kGuard, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  stack_ = static_cast<std::byte *>(memory);
  mprotect(stack_, kGuard, PROT_NONE);
}

Fiber::~Fiber() { munmap(stack_, kStackBytes + kGuard); }

void Fiber::prepare(void (*entry)(void *), void *argument) {
  entry_ = entry;
  argument_ = argument;
  fake_self_ = nullptr;
  // r15 r14 r13 r12 rbx rbp, then the address to return to; 16-byte aligned at the call in simt_entry.
  auto *top = reinterpret_cast<uint64_t *>(stack_ + kStackBytes + kGuard - 16);
  uint64_t *frame = top - 7;
  for (int i = 0; i < 6; ++i) frame[i] = 0;
  frame[4] = reinterpret_cast<uint64_t>(this);
  frame[6] = reinterpret_cast<uint64_t>(&simt_entry);
  self_ = frame;
}

void Fiber::resume() {
#if EBB_ASAN
  __sanitizer_start_switch_fiber(&fake_caller_, stack_ + kGuard, kStackBytes);
#endif
  simt_switch(&caller_, self_);
#if EBB_ASAN
  __sanitizer_finish_switch_fiber(fake_caller_, nullptr, nullptr);
#endif
}

void Fiber::suspend() {
#if EBB_ASAN
  __sanitizer_start_switch_fiber(&fake_self_, caller_stack_, caller_stack_bytes_);
#endif
  simt_switch(&self_, caller_);
#if EBB_ASAN
  __sanitizer_finish_switch_fiber(fake_self_, &caller_stack_, &caller_stack_bytes_);
#endif
}

}  // namespace simt

extern "C" void simt_begin(void *fiber) { simt::fiber_begin(static_cast<simt::Fiber *>(fiber)); }
