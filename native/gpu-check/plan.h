// What a check does in its minutes.
#ifndef EBB_GPU_CHECK_PLAN_H
#define EBB_GPU_CHECK_PLAN_H

#include <string>
#include <vector>

namespace ebb::gpu_check {

struct Stage {
  std::string name;
  double least;   // seconds below which it is not begun
  double most;    // after which it is ended
  bool reserved;  // earlier ones leave it its least
  bool required;  // without it the check has not proven what it is for
};

constexpr double kCheckSeconds = 9 * 60;

// All stages, in order: what must run comes first.
const std::vector<Stage> &stages();

// Seconds that stage `index` may take when `left` are left: all it can use, but so that each later one that is
// reserved can still begin. 0: it is left out.
double allowance(const std::vector<Stage> &plan, size_t index, double left);

}  // namespace ebb::gpu_check

#endif  // EBB_GPU_CHECK_PLAN_H
