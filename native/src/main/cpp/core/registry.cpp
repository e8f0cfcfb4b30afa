#include "core/registry.h"

namespace ebb {
namespace {

using Factory = const ebb_backend *(*)();

constexpr Factory kBackends[] = {
    ebb_backend_reference,
#if EBB_HAS_CPU
    ebb_backend_cpu,
#endif
};

}  // namespace

const ebb_backend *find_backend(const std::string &name) {
  for (const Factory factory : kBackends) {
    if (name == factory()->name) return factory();
  }
  return nullptr;
}

std::string backend_names() {
  std::string names;
  for (const Factory factory : kBackends) {
    names += (names.empty() ? "" : ", ") + std::string(factory()->name);
  }
  return names;
}

}  // namespace ebb
