// Declarations of the kernels within one instruction set's namespace.
#ifndef EBB_CPU_ISA_KERNELS_H
#define EBB_CPU_ISA_KERNELS_H

#include "cpu/kernels.h"

namespace ebb::cpu::EBB_ISA {

// Tokens of an activation tile: as many sums as the registers hold.
#if defined(__AVX512F__)
constexpr int kTileTokens = 8;
#else
constexpr int kTileTokens = 4;
#endif

void matmul_Q4_0(const MatmulCall &call);
void matmul_Q4_1(const MatmulCall &call);
void matmul_Q5_0(const MatmulCall &call);
void matmul_Q5_1(const MatmulCall &call);
void matmul_Q8_0(const MatmulCall &call);
void matmul_Q4_K(const MatmulCall &call);
void matmul_Q5_K(const MatmulCall &call);
void matmul_Q6_K(const MatmulCall &call);
void matmul_F32(const MatmulCall &call);
void matmul_F16(const MatmulCall &call);
void matmul_BF16(const MatmulCall &call);
void quantize(const float *x, int64_t blocks, uint8_t *tile, int tokens, int lane);
void rms_norm(const float *x, const float *weight, int64_t n, float epsilon, float *y);
void swiglu(const float *gate, const float *up, int64_t n, float *y);
void to_f16(const float *x, int64_t n, uint16_t *y);
void attend(const AttentionCall &call);
void merge(float *state, const float *next, int head_dim);
void finish(const float *state, int head_dim, float *out);

}  // namespace ebb::cpu::EBB_ISA

#endif  // EBB_CPU_ISA_KERNELS_H
