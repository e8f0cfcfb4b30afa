#include "check.h"
#include "plan.h"

using namespace ebb::gpu_check;

TEST(gpu_check_plan_keeps_time_for_what_is_reserved) {
  const std::vector<Stage> plan = {{"a", 10, 50, true, true}, {"b", 20, 60, true, true}, {"c", 5, 30, false, false}};
  CHECK_NEAR(allowance(plan, 0, 100), 50, 0);   // its most
  CHECK_NEAR(allowance(plan, 0, 60), 40, 0);    // b's least is kept
  CHECK_NEAR(allowance(plan, 0, 29), 0, 0);     // less than its own least is left
  CHECK_NEAR(allowance(plan, 1, 29), 29, 0);    // nothing is kept for c
  CHECK_NEAR(allowance(plan, 2, 4), 0, 0);
}

// Whatever earlier stages take of what they may, each that is reserved can begin, and the minutes are enough.
TEST(gpu_check_plan_fits_the_minutes) {
  const auto &plan = stages();
  double left = kCheckSeconds;
  for (size_t i = 0; i < plan.size(); ++i) {
    const double allowed = allowance(plan, i, left);
    CHECK(!plan[i].reserved || allowed >= plan[i].least);
    CHECK(plan[i].least <= plan[i].most);
    left -= allowed;
  }
  CHECK(left >= 0);
}
