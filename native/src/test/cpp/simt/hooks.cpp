// The functions that g++ calls for every load and store of code compiled with
// -fsanitize=thread. ThreadSanitizer's own library is not linked; these go to
// the emulated device instead.
#include "simt/machine.h"

#define EBB_HOOK(name, bytes, write)                                                              \
  extern "C" void __tsan_##name##bytes(void *address) {                                           \
    simt::Machine::get().access(address, bytes, write, false, __builtin_return_address(0));       \
  }                                                                                               \
  extern "C" void __tsan_unaligned_##name##bytes(void *address) {                                 \
    simt::Machine::get().access(address, bytes, write, false, __builtin_return_address(0));       \
  }

EBB_HOOK(read, 1, false)
EBB_HOOK(read, 2, false)
EBB_HOOK(read, 4, false)
EBB_HOOK(read, 8, false)
EBB_HOOK(read, 16, false)
EBB_HOOK(write, 1, true)
EBB_HOOK(write, 2, true)
EBB_HOOK(write, 4, true)
EBB_HOOK(write, 8, true)
EBB_HOOK(write, 16, true)

extern "C" {
void __tsan_read_range(void *address, size_t bytes) {
  simt::Machine::get().access(address, bytes, false, false, __builtin_return_address(0));
}
void __tsan_write_range(void *address, size_t bytes) {
  simt::Machine::get().access(address, bytes, true, false, __builtin_return_address(0));
}
void __tsan_init(void) {}
void __tsan_func_entry(void *) {}
void __tsan_func_exit(void) {}
void __tsan_vptr_update(void **, void *) {}
void __tsan_vptr_read(void **) {}
}
