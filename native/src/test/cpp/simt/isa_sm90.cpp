#include "simt/isa_sm90.h"

#include <cstring>

#include "cuda/device.h"

namespace ebb::isa {

using simt::Machine;
using simt::Meeting;
using simt::WarpGroup;

#define EBB_PC __builtin_return_address(0)

bool elect(Where where) {
  Machine::get().meet(Meeting::kVote, where, nullptr, [](Machine &machine, void *const *) { ++machine.counters.vote; });
  return lane() == 0;
}

void barrier_init(uint64_t *barrier, uint32_t arrivals) { Machine::get().barrier_init(barrier, arrivals, EBB_PC); }
void barrier_expect(uint64_t *barrier, uint32_t bytes) { Machine::get().barrier_expect(barrier, bytes, EBB_PC); }
void barrier_arrive(uint64_t *barrier) { Machine::get().barrier_arrive(barrier, EBB_PC); }
void barrier_wait(uint64_t *barrier, uint32_t parity, Where where) {
  Machine::get().barrier_wait(barrier, parity, where, EBB_PC);
}

void fence_async(Where where) {
  Machine::get().meet(Meeting::kFence, where, nullptr, [](Machine &machine, void *const *) { machine.fence_async(); });
}

void copy_tensor(void *to, const cuda::TensorMap &map, int32_t column, int32_t row, uint64_t *barrier) {
  simt::TensorView view;
  std::memcpy(&view, map.words, sizeof(view));
  Machine::get().copy_tensor(to, view, column, row, barrier, EBB_PC);
}

#undef EBB_PC

// The fields that isa_sm90.cuh writes; the offset in shared memory stands for the address.
uint64_t matrix_descriptor(const void *tile) {
  return uint64_t{Machine::get().shared().bank_offset(tile) >> 4 & 0x3FFFu} | uint64_t{1} << 16 |
         uint64_t{64} << 32 | uint64_t{1} << 62;
}

void wgmma_fence(Where where) {
  Machine::get().meet_group(where, nullptr, [](Machine &, WarpGroup &group) { group.fenced = true; });
}

void wgmma_commit(Where where) {
  Machine::get().meet_group(where, nullptr, [](Machine &, WarpGroup &group) {
    group.committed.push_back(std::move(group.open));
    group.open.clear();
  });
}

void wgmma_wait_for(size_t groups_left, Where where) {
  Machine::get().meet_group(where, &groups_left, [](Machine &machine, WarpGroup &group) {
    machine.wgmma_wait(group, *static_cast<size_t *>(group.payloads[0]));
  });
}

void wgmma_shared(float (*c)[4], uint64_t a, uint64_t b, bool add, Where where) {
  simt::WgmmaLane lane{c[0], nullptr, a, b, add, false};
  Machine::get().meet_group(where, &lane, [](Machine &machine, WarpGroup &group) { machine.wgmma_issue(group); });
}

void wgmma_registers(float (*c)[4], const uint32_t (&a)[4], uint64_t b, Where where) {
  simt::WgmmaLane lane{c[0], a, 0, b, true, true};
  Machine::get().meet_group(where, &lane, [](Machine &machine, WarpGroup &group) { machine.wgmma_issue(group); });
}

}  // namespace ebb::isa
