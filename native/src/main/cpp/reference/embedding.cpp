#include <cstring>

#include "reference/ops.h"

namespace ebb::reference {

void embedding(const float *table, const int32_t *token_ids, int64_t tokens, int64_t hidden,
               float *y) {
  for (int64_t t = 0; t < tokens; ++t) {
    std::memcpy(y + t * hidden, table + token_ids[t] * hidden,
                static_cast<size_t>(hidden) * sizeof(float));
  }
}

}  // namespace ebb::reference
