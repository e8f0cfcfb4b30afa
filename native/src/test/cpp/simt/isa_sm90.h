// The emulated instructions of sm_90a: the other half of cuda/isa_sm90.cuh.
#ifndef EBB_SIMT_ISA_SM90_H
#define EBB_SIMT_ISA_SM90_H

#include "cuda/tensor_map.h"
#include "simt/isa.h"

#define EBB_GRID_CONSTANT

namespace ebb::isa {

#define EBB_HERE Where where = {__builtin_FILE(), __builtin_LINE()}

bool elect(EBB_HERE);

void barrier_init(uint64_t *barrier, uint32_t arrivals);
inline void barrier_publish() { simt::Machine::get().barrier_publish(); }
void barrier_expect(uint64_t *barrier, uint32_t bytes);
void barrier_arrive(uint64_t *barrier);
void barrier_wait(uint64_t *barrier, uint32_t parity, EBB_HERE);
void fence_async(EBB_HERE);
void copy_tensor(void *to, const cuda::TensorMap &map, int32_t column, int32_t row, uint64_t *barrier);

uint64_t matrix_descriptor(const void *tile);
void wgmma_fence(EBB_HERE);
void wgmma_commit(EBB_HERE);
void wgmma_wait_for(size_t groups_left, Where where);
template <int kGroupsLeft>
void wgmma_wait(EBB_HERE) {
  wgmma_wait_for(kGroupsLeft, where);
}
inline void wgmma_settled(float (*)[4]) {}
void wgmma_shared(float (*c)[4], uint64_t a, uint64_t b, bool add, EBB_HERE);
void wgmma_registers(float (*c)[4], const uint32_t (&a)[4], uint64_t b, EBB_HERE);

#undef EBB_HERE

}  // namespace ebb::isa

#endif  // EBB_SIMT_ISA_SM90_H
