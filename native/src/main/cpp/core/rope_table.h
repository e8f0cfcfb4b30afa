// Cosines and sines of the rotary position embedding.
#ifndef EBB_CORE_ROPE_TABLE_H
#define EBB_CORE_ROPE_TABLE_H

#include <cstdint>
#include <vector>

#include "core/model.h"

namespace ebb {

// cos(position * inverse_frequency[i]) and sin of the same, computed in double,
// times the magnitude, as float. Rows are made as far as positions were asked
// for, so a long context costs nothing until it is used.
class RopeTable {
 public:
  RopeTable() = default;
  explicit RopeTable(const Model &model);

  // Makes rows 0..position available. Not to be called while others read.
  void reserve(int32_t position);

  int32_t pairs() const { return static_cast<int32_t>(inverse_frequency_.size()); }

  // Cosines of a position, pairs() of them; the sines follow at once.
  const float *cosines(int32_t position) const {
    return rows_.data() + static_cast<size_t>(position) * 2 * inverse_frequency_.size();
  }
  const float *sines(int32_t position) const { return cosines(position) + pairs(); }

 private:
  std::vector<double> inverse_frequency_;
  double magnitude_ = 1;
  int32_t context_ = 0;
  int32_t ready_ = 0;        // rows made so far
  std::vector<float> rows_;  // [ready][2: cos, sin][pairs]
};

// Rotates the first 2 * pairs elements of one head in place.
void rope_rotate(float *head, ebb_rope_pairing pairing, const float *cosines, const float *sines,
                 int32_t pairs);

}  // namespace ebb

#endif  // EBB_CORE_ROPE_TABLE_H
