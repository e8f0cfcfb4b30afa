// Instructions of sm_90a: barriers in shared memory, bulk copies of tensors, products of a warpgroup.
// The emulator has the same functions. Only files named *_sm90.cu, which are compiled for sm_90a
// alone, may call them.
#ifndef EBB_CUDA_ISA_SM90_CUH
#define EBB_CUDA_ISA_SM90_CUH

#include "cuda/isa.cuh"
#include "cuda/tensor_map.h"

#if defined(EBB_SIMT)
#include "simt/isa_sm90.h"
#else

// A kernel's parameter that bulk copies read where it lies.
#define EBB_GRID_CONSTANT __grid_constant__

namespace ebb::isa {

// True in one lane of the warp.
__device__ __forceinline__ bool elect() {
  uint32_t chosen;
  asm volatile("{\n.reg .pred p;\nelect.sync _|p, 0xFFFFFFFF;\nselp.u32 %0, 1, 0, p;\n}" : "=r"(chosen));
  return chosen != 0;
}

// A barrier in shared memory completes a phase when `arrivals` arrived and all bytes expected came.
// One thread makes it, publishes it, and the others meet it behind a barrier of the CTA.
__device__ __forceinline__ void barrier_init(uint64_t *barrier, uint32_t arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" : : "r"(shared_address(barrier)), "r"(arrivals) : "memory");
}
__device__ __forceinline__ void barrier_publish() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}
// Bytes that the running phase waits for, besides arrivals.
__device__ __forceinline__ void barrier_expect(uint64_t *barrier, uint32_t bytes) {
  asm volatile("mbarrier.expect_tx.relaxed.cta.shared::cta.b64 [%0], %1;"
               :
               : "r"(shared_address(barrier)), "r"(bytes)
               : "memory");
}
// By one lane for its warp, behind sync_warp: what the warp did before is seen by who waits.
__device__ __forceinline__ void barrier_arrive(uint64_t *barrier) {
  asm volatile("mbarrier.arrive.release.cta.shared::cta.b64 _, [%0];" : : "r"(shared_address(barrier)) : "memory");
}
// By all lanes: until the phase of this parity (0, 1, 0, ...) is complete.
__device__ __forceinline__ void barrier_wait(uint64_t *barrier, uint32_t parity) {
  uint32_t complete;
  do {
    asm volatile(
        "{\n.reg .pred p;\nmbarrier.try_wait.parity.acquire.cta.shared::cta.b64 p, [%1], %2;\nselp.u32 %0, 1, 0, p;\n}"
        : "=r"(complete)
        : "r"(shared_address(barrier)), "r"(parity)
        : "memory");
  } while (complete == 0);
}

// Plain writes to shared memory before it are seen by products and bulk copies after it. All lanes.
__device__ __forceinline__ void fence_async() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }

// One lane: copies the map's box at (column, row) into swizzled rows of 128 bytes at `to`, aligned to
// 1024, and counts its bytes, zeros outside the tensor included, at the barrier.
__device__ __forceinline__ void copy_tensor(void *to, const cuda::TensorMap &map, int32_t column, int32_t row,
                                            uint64_t *barrier) {
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3}], [%4];"
      :
      : "r"(shared_address(to)), "l"(&map), "r"(column), "r"(row), "r"(shared_address(barrier))
      : "memory");
}

// Of a tile of rows of 128 bytes, swizzled, eight rows 1024 bytes: the operand's address in units of
// 16 bytes below, so that + n is a tile n * 16 bytes further.
__device__ __forceinline__ uint64_t matrix_descriptor(const void *tile) {
  return static_cast<uint64_t>(shared_address(tile) >> 4 & 0x3FFFu) | uint64_t{1} << 16 | uint64_t{64} << 32 |
         uint64_t{1} << 62;
}

// Products of a warpgroup (four warps from a multiple of four on) run on after their instruction: a
// fence before the first, after registers were written; a commit behind the last; a wait before sums
// or shared memory are used again.
__device__ __forceinline__ void wgmma_fence() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
__device__ __forceinline__ void wgmma_commit() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }
template <int kGroupsLeft>
__device__ __forceinline__ void wgmma_wait() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" : : "n"(kGroupsLeft) : "memory");
}

#define EBB_F4(c, j) "+f"((c)[j][0]), "+f"((c)[j][1]), "+f"((c)[j][2]), "+f"((c)[j][3])
#define EBB_F32(c) \
  EBB_F4(c, 0), EBB_F4(c, 1), EBB_F4(c, 2), EBB_F4(c, 3), EBB_F4(c, 4), EBB_F4(c, 5), EBB_F4(c, 6), EBB_F4(c, 7)
#define EBB_SUMS                                                                                              \
  "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, %16, %17, %18, %19, %20, %21, %22, " \
  "%23, %24, %25, %26, %27, %28, %29, %30, %31}"

// Keeps the compiler from moving uses of sums before the wait.
__device__ __forceinline__ void wgmma_settled(float (*c)[4]) { asm volatile("" : EBB_F32(c) : : "memory"); }

// c [64][64] = a [64][16] * b [64][16]^T (+ c where add), both from shared memory. Lane i of warp w has
// rows 16w + i / 4 and that + 8, columns 8j + 2 (i % 4) and the next, as mma_half.
__device__ __forceinline__ void wgmma_shared(float (*c)[4], uint64_t a, uint64_t b, bool add) {
  asm volatile("{\n.reg .pred p;\nsetp.ne.b32 p, %34, 0;\nwgmma.mma_async.sync.aligned.m64n64k16.f32.f16.f16 " EBB_SUMS
               ", %32, %33, p, 1, 1, 0, 0;\n}"
               : EBB_F32(c)
               : "l"(a), "l"(b), "r"(add ? 1 : 0)
               : "memory");
}

// c [64][64] += a [64][16] * b [16][64]: a in registers, 16 rows of a warp as mma_half has them, b from
// shared memory.
__device__ __forceinline__ void wgmma_registers(float (*c)[4], const uint32_t (&a)[4], uint64_t b) {
  asm volatile("wgmma.mma_async.sync.aligned.m64n64k16.f32.f16.f16 " EBB_SUMS
               ", {%32, %33, %34, %35}, %36, 1, 1, 1, 1;"
               : EBB_F32(c)
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b)
               : "memory");
}

#undef EBB_SUMS
#undef EBB_F32
#undef EBB_F4

}  // namespace ebb::isa

#endif  // EBB_SIMT
#endif  // EBB_CUDA_ISA_SM90_CUH
