// The kernel table of one instruction set.
#include "cpu/isa_kernels.h"

namespace ebb::cpu {

// EBB_ISA is avx2 or avx512; sources.cmake names the accessor to define.
const Kernels *EBB_ISA_TABLE() {
  using namespace EBB_ISA;
  static constexpr Kernels table = {
      EBB_ISA_NAME,
      kTileTokens,
      {matmul_Q4_0, matmul_Q4_1, matmul_Q5_0, matmul_Q5_1, matmul_Q8_0, matmul_Q4_K, matmul_Q5_K,
       matmul_Q6_K, matmul_F32, matmul_F16, matmul_BF16},
      quantize,
      rms_norm,
      swiglu,
      to_f16,
      attend,
      merge,
      finish,
  };
  return &table;
}

}  // namespace ebb::cpu
