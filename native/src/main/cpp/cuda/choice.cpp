#include "cuda/choice.h"

#include <cstdlib>
#include <string>

#include "core/error.h"

namespace ebb::cuda {

bool chosen(const char *variable, bool usual) {
  const char *value = std::getenv(variable);
  const std::string text = value == nullptr ? "" : value;
  if (text.empty()) return usual;
  if (text == "on" || text == "off") return text == "on";
  throw Error(EBB_UNSUPPORTED,
              std::string(variable) + " is '" + text + "': set it to on or off, or leave it unset");
}

}  // namespace ebb::cuda
