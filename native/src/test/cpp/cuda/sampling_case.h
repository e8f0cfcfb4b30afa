// Draws from rows of logits: by the kernels, and by the engine's sampler written down in double.
#ifndef EBB_TEST_SAMPLING_CASE_H
#define EBB_TEST_SAMPLING_CASE_H

#include <vector>

#include "cuda/ops.h"
#include "fixture.h"
#include "simt/check_run.h"

namespace ebb::test {

struct SamplingCase {
  int32_t vocabulary;
  int32_t choosable;
  std::vector<float> logits;  // whole rows
  std::vector<ebb_draw> draws;
  std::vector<ebb_adjustment> adjustments;

  // Tokens of all draws, by the kernels as the backend starts them.
  std::vector<int32_t> run() const;
  // The token of one draw.
  int32_t expected(size_t draw) const;
  // The draw's row after its adjustments.
  std::vector<float> adjusted(size_t draw) const;
};

// The descriptor of those draws, as a caller of the backend table fills it.
class SamplingBytes {
 public:
  explicit SamplingBytes(const SamplingCase &sampling);
  ebb_sampling *get() { return reinterpret_cast<ebb_sampling *>(bytes_.data()); }
  std::vector<int32_t> tokens();

 private:
  AlignedBytes bytes_;
};

// Random logits of the spread that models have.
SamplingCase random_case(int32_t vocabulary, int32_t choosable, int32_t rows, uint32_t seed);

// The draw of a row that takes no cut.
ebb_draw plain_draw(int32_t row, float temperature, double uniform);

}  // namespace ebb::test

#endif  // EBB_TEST_SAMPLING_CASE_H
