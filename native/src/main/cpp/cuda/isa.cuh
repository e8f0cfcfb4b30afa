// Every instruction that a kernel needs beyond plain C++, each a function of its own.
//
// Kernels know nothing else of PTX or of CUDA's intrinsics: so the emulator under
// src/test/cpp/simt, which has the same functions, runs their very source. All
// instructions of a warp take all its 32 lanes; a kernel that would call one with
// fewer is wrong. Fragments are those of the PTX manual for m16n8k16.
#ifndef EBB_CUDA_ISA_CUH
#define EBB_CUDA_ISA_CUH

#include <cstdint>

#if defined(EBB_SIMT)
#include "simt/isa.h"
#else

// A static shared array of the CTA, and its dynamic shared memory.
#define EBB_SHARED(type, name, count) __shared__ __align__(16) type name[count]
// Unrolls the loop that follows at most `times`: left alone, nvcc fills the registers with addresses.
#define EBB_UNROLL(times) EBB_PRAGMA(unroll times)
#define EBB_PRAGMA(text) _Pragma(#text)
#define EBB_DYNAMIC_SHARED(name) extern __shared__ __align__(1024) unsigned char name[]

namespace ebb::isa {

constexpr unsigned kAllLanes = 0xFFFFFFFFu;

__device__ __forceinline__ int lane() {
  int id;
  asm("mov.u32 %0, %%laneid;" : "=r"(id));
  return id;
}

// Barriers: of the CTA, and of the warp. Both order the memory accesses of those who meet.
__device__ __forceinline__ void sync_threads() { __syncthreads(); }
__device__ __forceinline__ void sync_warp() { __syncwarp(); }

// The value of lane `source`.
template <typename T>
__device__ __forceinline__ T shuffle(T value, int source) {
  return __shfl_sync(kAllLanes, value, source);
}
template <typename T>
__device__ __forceinline__ T shuffle_xor(T value, int mask) {
  return __shfl_xor_sync(kAllLanes, value, mask);
}
// A value that all lanes have alike, said to the compiler.
__device__ __forceinline__ int uniform(int value) { return __shfl_sync(kAllLanes, value, 0); }
__device__ __forceinline__ uint32_t ballot(bool predicate) { return __ballot_sync(kAllLanes, predicate); }

__device__ __forceinline__ uint32_t atomic_add(uint32_t *address, uint32_t value) {
  return atomicAdd(address, value);
}

// Loads and stores of 8 and 16 bytes, aligned to their size.
__device__ __forceinline__ uint4 load_16(const void *address) {
  return *static_cast<const uint4 *>(address);
}
__device__ __forceinline__ uint2 load_8(const void *address) {
  return *static_cast<const uint2 *>(address);
}
__device__ __forceinline__ void store_16(void *address, uint4 value) {
  *static_cast<uint4 *>(address) = value;
}
__device__ __forceinline__ void store_8(void *address, uint2 value) {
  *static_cast<uint2 *>(address) = value;
}
__device__ __forceinline__ uint4 load_16_shared(const void *address) { return load_16(address); }
__device__ __forceinline__ void store_16_shared(void *address, uint4 value) { store_16(address, value); }

// Of data that no kernel writes while this one runs and that is used once: past the first-level cache.
__device__ __forceinline__ uint4 load_16_stream(const void *address) {
  uint4 v;
  asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(address));
  return v;
}

// Conversions round to nearest, ties to even.
__device__ __forceinline__ float half_to_float(uint16_t bits) {
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
  return value;
}
__device__ __forceinline__ uint16_t float_to_half(float value) {
  uint16_t bits;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
  return bits;
}
// `low` in the lower 16 bits.
__device__ __forceinline__ uint32_t pack_half(float low, float high) {
  uint32_t both;
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
  return both;
}
// a - b in each F16 half.
__device__ __forceinline__ uint32_t subtract_half2(uint32_t a, uint32_t b) {
  uint32_t d;
  asm("sub.rn.f16x2 %0, %1, %2;" : "=r"(d) : "r"(a), "r"(b));
  return d;
}

// a * b in each F16 half.
__device__ __forceinline__ uint32_t multiply_half2(uint32_t a, uint32_t b) {
  uint32_t d;
  asm("mul.rn.f16x2 %0, %1, %2;" : "=r"(d) : "r"(a), "r"(b));
  return d;
}

// Bytes of `low` (0..3) and `high` (4..7), chosen by the nibbles of `selector`.
__device__ __forceinline__ uint32_t permute(uint32_t low, uint32_t high, uint32_t selector) {
  return __byte_perm(low, high, selector);
}

__device__ __forceinline__ float to_float(uint32_t bits) { return __uint_as_float(bits); }
// The greatest n with 2^n <= x; x is not 0.
__device__ __forceinline__ int log2_floor(uint32_t x) { return 31 - __clz(static_cast<int>(x)); }
__device__ __forceinline__ uint32_t to_bits(float value) { return __float_as_uint(value); }
__device__ __forceinline__ double to_double(uint32_t high, uint32_t low) {
  return __hiloint2double(static_cast<int>(high), static_cast<int>(low));
}
__device__ __forceinline__ uint32_t high_bits(double value) { return static_cast<uint32_t>(__double2hiint(value)); }
__device__ __forceinline__ uint32_t low_bits(double value) { return static_cast<uint32_t>(__double2loint(value)); }
__device__ __forceinline__ uint32_t count_bits(uint32_t mask) { return static_cast<uint32_t>(__popc(mask)); }

// 2^x to about two units in the last place; 2^-infinity is 0.
__device__ __forceinline__ float exp2(float x) {
  float value;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(value) : "f"(x));
  return value;
}
__device__ __forceinline__ float fma(float a, float b, float c) { return __fmaf_rn(a, b, c); }

__device__ __forceinline__ uint32_t shared_address(const void *address) {
  return static_cast<uint32_t>(__cvta_generic_to_shared(address));
}

// cp.async of 16 bytes from global to shared memory, of which the first `bytes` are read and
// the others become zeros (`from` must be an address of the buffer also where none is). A thread's
// copies since its last commit are one group; copy_wait<n> returns when all but its
// newest n groups have landed. Other threads see them after the next barrier.
__device__ __forceinline__ void copy_async_part(void *shared_to, const void *from, int bytes) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
               :
               : "r"(shared_address(shared_to)), "l"(from), "r"(bytes)
               : "memory");
}
__device__ __forceinline__ void copy_async_16(void *shared_to, const void *from, bool valid) {
  copy_async_part(shared_to, from, valid ? 16 : 0);
}
__device__ __forceinline__ void copy_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int kGroupsLeft>
__device__ __forceinline__ void copy_wait() {
  asm volatile("cp.async.wait_group %0;" : : "n"(kGroupsLeft) : "memory");
}

// Loads 8x8 matrices of 16-bit elements: matrix m's row r from the address that lane
// 8m + r gives (16 bytes each, aligned to 16).
__device__ __forceinline__ void ldmatrix_x4(uint32_t (&r)[4], const void *row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(row))
               : "memory");
}
__device__ __forceinline__ void ldmatrix_x4_transposed(uint32_t (&r)[4], const void *row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(shared_address(row))
               : "memory");
}

// c [16][8] += a [16][16] * b [16][8]: F16, summed in float.
__device__ __forceinline__ void mma_half(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
      "{%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

}  // namespace ebb::isa

#endif  // EBB_SIMT
#endif  // EBB_CUDA_ISA_CUH
