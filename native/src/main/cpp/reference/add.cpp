#include "reference/ops.h"

namespace ebb::reference {

void add(float *x, const float *y, int64_t n) {
  for (int64_t i = 0; i < n; ++i) x[i] += y[i];
}

}  // namespace ebb::reference
