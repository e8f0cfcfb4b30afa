#include "cpu/features.h"

#include <cpuid.h>

#include <cstdlib>
#include <cstring>

#include "core/error.h"

namespace ebb::cpu {
namespace {

// These ask the operating system too whether it saves the registers.
bool has_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("f16c");
}

bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vnni");
}

std::string processor_name() {
  unsigned words[12] = {};
  for (unsigned i = 0; i < 3; ++i) {
    unsigned *part = words + 4 * i;
    if (__get_cpuid(0x80000002u + i, part, part + 1, part + 2, part + 3) == 0) {
      return "an unnamed processor";
    }
  }
  char text[sizeof(words) + 1] = {};
  std::memcpy(text, words, sizeof(words));
  std::string name = text;
  const size_t first = name.find_first_not_of(' ');
  const size_t last = name.find_last_not_of(' ');
  return first == std::string::npos ? "an unnamed processor" : name.substr(first, last - first + 1);
}

const Kernels &forced_kernels(const std::string &isa) {
  if (isa != "avx2" && isa != "avx512") {
    throw Error(EBB_UNSUPPORTED,
                "EBB_CPU_ISA is '" + isa + "': set it to avx2 or avx512, or leave it unset");
  }
  if (isa == "avx512" ? !has_avx512() : !has_avx2()) {
    throw Error(EBB_UNSUPPORTED, "EBB_CPU_ISA asks for " + isa + ", which " + processor_name() +
                                     " does not have: leave it unset");
  }
  return isa == "avx512" ? *kernels_avx512() : *kernels_avx2();
}

}  // namespace

std::vector<const Kernels *> runnable_kernels() {
  std::vector<const Kernels *> kernels;
  if (has_avx512()) kernels.push_back(kernels_avx512());
  if (has_avx2()) kernels.push_back(kernels_avx2());
  return kernels;
}

const Kernels &choose_kernels() {
  const char *isa = std::getenv("EBB_CPU_ISA");
  if (isa != nullptr && *isa != '\0') return forced_kernels(isa);
  const std::vector<const Kernels *> kernels = runnable_kernels();
  if (!kernels.empty()) return *kernels.front();
  throw Error(EBB_UNSUPPORTED, "the cpu backend needs AVX2, FMA and F16C, and " + processor_name() +
                                   " lacks one of them: ask for the backend 'reference' instead");
}

std::string describe_choice() {
  return std::string("cpu: ") + choose_kernels().name + " on " + processor_name();
}

}  // namespace ebb::cpu
