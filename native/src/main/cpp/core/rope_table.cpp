#include "core/rope_table.h"

#include <algorithm>
#include <cmath>

namespace ebb {

RopeTable::RopeTable(const Model &model)
    : inverse_frequency_(model.inverse_frequency.begin(), model.inverse_frequency.end()),
      magnitude_(model.rope_magnitude),
      context_(model.context) {}

void RopeTable::reserve(int32_t position) {
  if (position < ready_) return;
  // Doubling keeps the number of growths small while a sequence gets longer.
  const int32_t target = std::min(std::max(position + 1, std::max(256, 2 * ready_)),
                                  std::max(context_, position + 1));
  const size_t pairs = inverse_frequency_.size();
  rows_.resize(static_cast<size_t>(target) * 2 * pairs);
  for (int32_t p = ready_; p < target; ++p) {
    float *row = rows_.data() + static_cast<size_t>(p) * 2 * pairs;
    for (size_t i = 0; i < pairs; ++i) {
      const double angle = static_cast<double>(p) * inverse_frequency_[i];
      row[i] = static_cast<float>(std::cos(angle) * magnitude_);
      row[pairs + i] = static_cast<float>(std::sin(angle) * magnitude_);
    }
  }
  ready_ = target;
}

namespace {

inline void rotate_pair(float &a, float &b, float cosine, float sine) {
  const float x = a;
  const float y = b;
  a = x * cosine - y * sine;
  b = x * sine + y * cosine;
}

}  // namespace

void rope_rotate(float *head, ebb_rope_pairing pairing, const float *cosines, const float *sines,
                 int32_t pairs) {
  if (pairing == EBB_ROPE_INTERLEAVED) {
    for (int32_t i = 0; i < pairs; ++i) {
      rotate_pair(head[2 * i], head[2 * i + 1], cosines[i], sines[i]);
    }
  } else {
    for (int32_t i = 0; i < pairs; ++i) {
      rotate_pair(head[i], head[i + pairs], cosines[i], sines[i]);
    }
  }
}

}  // namespace ebb
