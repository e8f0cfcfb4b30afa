#include <algorithm>

#include "reference/dot.h"
#include "reference/ops.h"

namespace ebb::reference {
namespace {

// Rows of w that stay in the first-level cache while all tokens pass by.
constexpr int64_t kRowBlock = 8;

// Tokens that share one pass over a row of w; two keep all partial sums in
// registers even with 16 registers of 4 floats.
constexpr int kTokens = 2;

}  // namespace

void matmul(const float *w, const float *bias, const float *x, const MatmulShape &shape,
            int64_t row_begin, int64_t row_end, float *y) {
  const int64_t n = shape.n;
  for (int64_t block = row_begin; block < row_end; block += kRowBlock) {
    const int64_t block_end = std::min(block + kRowBlock, row_end);
    for (int64_t t = 0; t < shape.tokens; t += kTokens) {
      const int64_t count = std::min<int64_t>(kTokens, shape.tokens - t);
      for (int64_t r = block; r < block_end; ++r) {
        float sums[kTokens];
        if (count == kTokens) {
          dot<kTokens>(w + r * n, x + t * n, n, n, sums);
        } else {
          dot<1>(w + r * n, x + t * n, n, n, sums);
        }
        for (int64_t k = 0; k < count; ++k) {
          y[(t + k) * shape.rows + r] = bias == nullptr ? sums[k] : sums[k] + bias[r];
        }
      }
    }
  }
}

}  // namespace ebb::reference
