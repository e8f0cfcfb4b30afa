// Putting together the softmax of ranges of positions.
#include "cpu/isa_kernels.h"
#include "cpu/simd.h"

namespace ebb::cpu::EBB_ISA {
namespace {

EBB_INLINE float exp_of(float x) {
  alignas(64) float all[kLanes];
  store(all, exp(set1(x)));
  return all[0];
}

}  // namespace

void merge(float *state, const float *next, int head_dim) {
  if (next[kStateSum] == 0) return;
  if (state[kStateSum] == 0) {
    state[kStateMax] = next[kStateMax];
    state[kStateSum] = next[kStateSum];
    for (int d = 0; d < head_dim; d += kLanes) {
      store(state + kStateValues + d, load(next + kStateValues + d));
    }
    return;
  }
  const bool greater = next[kStateMax] > state[kStateMax];
  // The factor of the greater one is e^0 = 1, exactly.
  const float lesser = greater ? exp_of(state[kStateMax] - next[kStateMax])
                               : exp_of(next[kStateMax] - state[kStateMax]);
  const float old_factor = greater ? lesser : 1.0f;
  const float new_factor = greater ? 1.0f : lesser;
  if (greater) state[kStateMax] = next[kStateMax];
  state[kStateSum] = state[kStateSum] * old_factor + next[kStateSum] * new_factor;
  for (int d = 0; d < head_dim; d += kLanes) {
    float *values = state + kStateValues + d;
    const Floats fresh = mul(load(next + kStateValues + d), set1(new_factor));
    store(values, fma(load(values), set1(old_factor), fresh));
  }
}

void finish(const float *state, int head_dim, float *out) {
  const Floats sum = set1(state[kStateSum]);
  for (int d = 0; d < head_dim; d += kLanes) {
    const Floats values = div(load(state + kStateValues + d), sum);
    if (head_dim - d >= kLanes) {
      store(out + d, values);
    } else {
      store_first(out + d, values, head_dim - d);
    }
  }
}

}  // namespace ebb::cpu::EBB_ISA
