// The backends that this library holds.
#ifndef EBB_CORE_REGISTRY_H
#define EBB_CORE_REGISTRY_H

#include <string>

#include "include/backend.h"

namespace ebb {

// The backend of that name, or NULL.
const ebb_backend *find_backend(const std::string &name);

// All names, for messages: "reference, cpu".
std::string backend_names();

}  // namespace ebb

#endif  // EBB_CORE_REGISTRY_H
