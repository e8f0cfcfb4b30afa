// Which kernels this processor can run.
#ifndef EBB_CPU_FEATURES_H
#define EBB_CPU_FEATURES_H

#include <string>
#include <vector>

#include "cpu/kernels.h"

namespace ebb::cpu {

// Those that this processor can run, the best first.
std::vector<const Kernels *> runnable_kernels();

// The best instruction set of this processor, or the one that the environment
// variable EBB_CPU_ISA (avx2 or avx512) asks for. Throws Error(EBB_UNSUPPORTED)
// with what to do instead.
const Kernels &choose_kernels();

// "cpu: AVX-512 VNNI on <name of the processor>"
std::string describe_choice();

}  // namespace ebb::cpu

#endif  // EBB_CPU_FEATURES_H
