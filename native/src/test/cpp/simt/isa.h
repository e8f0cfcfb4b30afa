// The emulated instructions: the other half of cuda/isa.cuh, the same names and meanings.
//
// They are compiled without hooks and tell the machine what they touch.
#ifndef EBB_SIMT_ISA_H
#define EBB_SIMT_ISA_H

#include <cstdint>

#include "simt/device.h"

namespace ebb::isa {

using simt::Where;

// Evaluated where a kernel calls an instruction.
#define EBB_HERE Where where = {__builtin_FILE(), __builtin_LINE()}

inline int lane() { return simt::Machine::get().lane(); }

inline void sync_threads(EBB_HERE) { simt::Machine::get().cta_barrier(where); }
void sync_warp(EBB_HERE);

uint32_t shuffle_bits(uint32_t value, int source, Where where);
inline float shuffle(float value, int source, EBB_HERE) {
  return __builtin_bit_cast(float, shuffle_bits(__builtin_bit_cast(uint32_t, value), source, where));
}
inline int32_t shuffle(int32_t value, int source, EBB_HERE) {
  return static_cast<int32_t>(shuffle_bits(static_cast<uint32_t>(value), source, where));
}
inline uint32_t shuffle(uint32_t value, int source, EBB_HERE) { return shuffle_bits(value, source, where); }
template <typename T>
T shuffle_xor(T value, int mask, EBB_HERE) {
  return shuffle(value, lane() ^ mask, where);
}
inline int uniform(int value, EBB_HERE) { return shuffle(value, 0, where); }
uint32_t ballot(bool predicate, EBB_HERE);

uint32_t atomic_add(uint32_t *address, uint32_t value);

uint4 load_16(const void *address);
uint2 load_8(const void *address);
void store_16(void *address, uint4 value);
void store_8(void *address, uint2 value);
uint4 load_16_shared(const void *address);
void store_16_shared(void *address, uint4 value);
// A load of read-only data that is used once.
uint4 load_16_stream(const void *address);

float half_to_float(uint16_t bits);
uint16_t float_to_half(float value);
// `low` in the lower 16 bits.
uint32_t pack_half(float low, float high);

uint32_t subtract_half2(uint32_t a, uint32_t b);
uint32_t multiply_half2(uint32_t a, uint32_t b);
uint32_t permute(uint32_t low, uint32_t high, uint32_t selector);

inline int log2_floor(uint32_t x) { return 31 - __builtin_clz(x); }
inline float to_float(uint32_t bits) { return __builtin_bit_cast(float, bits); }
inline uint32_t to_bits(float value) { return __builtin_bit_cast(uint32_t, value); }
inline double to_double(uint32_t high, uint32_t low) {
  return __builtin_bit_cast(double, uint64_t{high} << 32 | low);
}
inline uint32_t high_bits(double value) { return static_cast<uint32_t>(__builtin_bit_cast(uint64_t, value) >> 32); }
inline uint32_t low_bits(double value) { return static_cast<uint32_t>(__builtin_bit_cast(uint64_t, value)); }
inline uint32_t count_bits(uint32_t mask) { return static_cast<uint32_t>(__builtin_popcount(mask)); }

inline float exp2(float x) { return std::exp2(x); }
inline float fma(float a, float b, float c) { return std::fma(a, b, c); }

void copy_async_16(void *shared_to, const void *from, bool valid);
void copy_async_part(void *shared_to, const void *from, int bytes);
inline void copy_commit() { simt::Machine::get().copy_commit(); }
template <int kGroupsLeft>
void copy_wait() {
  simt::Machine::get().copy_wait(kGroupsLeft);
}

void ldmatrix_x4(uint32_t (&registers)[4], const void *row, EBB_HERE);
void ldmatrix_x4_transposed(uint32_t (&registers)[4], const void *row, EBB_HERE);

void mma_half(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2], EBB_HERE);

#undef EBB_HERE

}  // namespace ebb::isa

#endif  // EBB_SIMT_ISA_H
