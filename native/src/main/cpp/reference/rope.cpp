#include "reference/ops.h"

namespace ebb::reference {

void rope(const RopeTable &table, const Model &model, const int32_t *positions, int64_t tokens,
          int32_t heads, float *x) {
  for (int64_t t = 0; t < tokens; ++t) {
    const float *cosines = table.cosines(positions[t]);
    const float *sines = table.sines(positions[t]);
    for (int32_t h = 0; h < heads; ++h) {
      rope_rotate(x + (t * heads + h) * model.head_dim, model.rope_pairing, cosines, sines,
                  table.pairs());
    }
  }
}

}  // namespace ebb::reference
