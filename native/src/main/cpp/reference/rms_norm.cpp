#include <cmath>

#include "reference/dot.h"
#include "reference/ops.h"

namespace ebb::reference {

void rms_norm(const float *x, const float *weight, int64_t rows, int64_t n, float epsilon,
              float *y) {
  for (int64_t r = 0; r < rows; ++r) {
    const float *in = x + r * n;
    float *out = y + r * n;
    const float mean = dot(in, in, n) / static_cast<float>(n);
    const float scale = 1.0f / std::sqrt(mean + epsilon);
    for (int64_t i = 0; i < n; ++i) out[i] = in[i] * scale * weight[i];
  }
}

}  // namespace ebb::reference
