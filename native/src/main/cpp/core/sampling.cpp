#include "core/sampling.h"

#include <string>

#include "core/error.h"
#include "include/batch.h"

namespace ebb {
namespace {

std::string number(int64_t value) { return std::to_string(value); }

void check_header(const ebb_sampling *descriptor, int32_t vocabulary) {
  if (descriptor == nullptr) fail_argument("sampling: no descriptor");
  if (reinterpret_cast<uintptr_t>(descriptor) % EBB_BATCH_ALIGNMENT != 0) {
    fail_argument("sampling: the descriptor is not aligned to 64 bytes");
  }
  if (descriptor->magic != EBB_SAMPLING_MAGIC) fail_argument("sampling: wrong magic");
  if (descriptor->version != EBB_SAMPLING_VERSION) {
    fail_argument("sampling: version " + number(descriptor->version) + ", this library reads " +
                  number(EBB_SAMPLING_VERSION));
  }
  if (descriptor->choosable == 0 || descriptor->choosable > static_cast<uint32_t>(vocabulary)) {
    fail_argument("sampling: " + number(descriptor->choosable) + " choosable tokens of a vocabulary of " +
                  number(vocabulary));
  }
  constexpr uint32_t kMost = 1u << 30;
  if (descriptor->draws > kMost || descriptor->adjustments > kMost) fail_argument("sampling: a count is out of range");
}

template <typename T>
T *array(const ebb_sampling *descriptor, const char *name, uint64_t offset, uint64_t count) {
  if (offset % EBB_BATCH_ALIGNMENT != 0 || offset < sizeof(ebb_sampling) || offset > descriptor->bytes ||
      count > (descriptor->bytes - offset) / sizeof(T)) {
    fail_argument(std::string("sampling: ") + name + " lies outside the descriptor of " +
                  number(static_cast<int64_t>(descriptor->bytes)) + " bytes, or not at 64");
  }
  return reinterpret_cast<T *>(reinterpret_cast<uint8_t *>(const_cast<ebb_sampling *>(descriptor)) + offset);
}

// Written so that no number fails, too.
void check_draw(const ebb_draw &draw, const SamplingView &view, int32_t index, int32_t rows) {
  const auto need = [&](bool holds, const char *what) {
    if (!holds) fail_argument("sampling: draw " + number(index) + ": " + what);
  };
  need(draw.row >= 0 && draw.row < rows, "its row is not among those of the last step");
  need(draw.first_adjustment >= 0 && draw.adjustments >= 0 &&
           draw.first_adjustment <= view.adjustments - draw.adjustments,
       "its adjustments lie outside the list");
  need(draw.top_k >= 0, "top_k is negative");
  need(draw.temperature >= 0, "temperature is negative or no number");
  need(draw.top_p > 0 && draw.top_p <= 1, "top_p is not in (0, 1]");
  need(draw.min_p >= 0 && draw.min_p <= 1, "min_p is not in [0, 1]");
  need(draw.uniform >= 0 && draw.uniform < 1, "uniform is not in [0, 1)");
}

}  // namespace

SamplingView view_sampling(const ebb_sampling *descriptor, int32_t vocabulary, int32_t rows) {
  check_header(descriptor, vocabulary);
  SamplingView view;
  view.draws = static_cast<int32_t>(descriptor->draws);
  view.adjustments = static_cast<int32_t>(descriptor->adjustments);
  view.choosable = static_cast<int32_t>(descriptor->choosable);
  view.draw_list = array<ebb_draw>(descriptor, "draws", descriptor->draw_list, descriptor->draws);
  view.adjustment_list =
      array<ebb_adjustment>(descriptor, "adjustments", descriptor->adjustment_list, descriptor->adjustments);
  view.tokens = array<int32_t>(descriptor, "tokens", descriptor->tokens, descriptor->draws);
  for (int32_t i = 0; i < view.draws; ++i) check_draw(view.draw_list[i], view, i, rows);
  for (int32_t i = 0; i < view.adjustments; ++i) {
    const int32_t token = view.adjustment_list[i].token;
    if (token < 0 || token >= vocabulary) {
      fail_argument("sampling: adjustment " + number(i) + " is of token " + number(token) + ", outside 0.." +
                    number(vocabulary - 1));
    }
  }
  return view;
}

}  // namespace ebb
