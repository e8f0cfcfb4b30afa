#include "core/registry.h"

#include <vector>

// NULL where not linked: cuda where no nvcc was, its emulation outside the tests' library.
extern "C" __attribute__((weak)) const ebb_backend *ebb_backend_cuda(void);
extern "C" __attribute__((weak)) const ebb_backend *ebb_backend_cuda_emulated(void);

namespace ebb {
namespace {

using Factory = const ebb_backend *(*)();

std::vector<Factory> backends() {
  std::vector<Factory> all = {
      ebb_backend_reference,
#if EBB_HAS_CPU
      ebb_backend_cpu,
#endif
  };
  if (ebb_backend_cuda != nullptr) all.push_back(ebb_backend_cuda);
  if (ebb_backend_cuda_emulated != nullptr) all.push_back(ebb_backend_cuda_emulated);
  return all;
}

}  // namespace

const ebb_backend *find_backend(const std::string &name) {
  for (const Factory factory : backends()) {
    if (name == factory()->name) return factory();
  }
  return nullptr;
}

std::string backend_names() {
  std::string names;
  for (const Factory factory : backends()) {
    names += (names.empty() ? "" : ", ") + std::string(factory()->name);
  }
  return names;
}

}  // namespace ebb
