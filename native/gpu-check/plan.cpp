#include "plan.h"

#include <algorithm>

#include "generated_model.h"
#include "kernel_figures.h"

namespace ebb::gpu_check {

const std::vector<Stage> &stages() {
  static const std::vector<Stage> all = [] {
    std::vector<Stage> list = {{"tests", 60, 180, true, true},
                               {"rates", 5, 30, true, true},
                               {kProducts, 8, 35, true, true},
                               {kDecodeAttention, 10, 40, true, true},
                               {kPrefillAttention, 8, 30, true, true}};
    // A device may be too small for the larger ones.
    for (const ModelShape &shape : true_shapes()) list.push_back({shape.name, 20, 90, true, false});
    list.push_back({"memcheck", 20, 60, true, false});
    list.push_back({"racecheck", 20, 45, true, false});
    list.push_back({"torch", 15, 60, true, false});
    list.push_back({"java", 30, 90, true, false});
    return list;
  }();
  return all;
}

double allowance(const std::vector<Stage> &plan, size_t index, double left) {
  double later = 0;
  for (size_t i = index + 1; i < plan.size(); ++i) later += plan[i].reserved ? plan[i].least : 0;
  const double seconds = std::min(plan[index].most, left - later);
  return seconds < plan[index].least ? 0 : seconds;
}

}  // namespace ebb::gpu_check
