// Matrix kernels of the cpu backend, in every storage type and instruction set.
#include <cmath>

#include "check.h"
#include "cpu/cpu_fixture.h"

using namespace ebb;
using namespace ebb::test;

namespace {

// Columns: one block, an odd number of blocks, one and two super-blocks; rows: less
// than a tile, one tile, one more than two.
struct Shape {
  int64_t rows;
  int64_t cols;
};
constexpr Shape kShapes[] = {{5, 256}, {16, 512}, {33, 256}};
constexpr Shape kSmallShapes[] = {{5, 32}, {16, 96}, {33, 576}};

template <typename Body>
void each_case(Body &&body) {
  for (const ebb_type type : kAllTypes) {
    const bool super = type_block_elements(type) == 256;
    for (const Shape &shape : super ? kShapes : kSmallShapes) {
      const RandomMatrix weights(type, shape.rows, shape.cols, 17u + static_cast<uint32_t>(type));
      body(weights.tensor());
    }
  }
}

// Largest |y - exact| over the sum of |w x| of its element.
double worst_error(const Tensor &tensor, const std::vector<float> &x, int64_t tokens,
                   const std::vector<float> &y) {
  const std::vector<float> w = to_floats(tensor);
  double worst = 0;
  for (int64_t t = 0; t < tokens; ++t) {
    for (int64_t r = 0; r < tensor.rows; ++r) {
      double exact = 0, size = 0;
      for (int64_t k = 0; k < tensor.cols; ++k) {
        const double term = static_cast<double>(w[static_cast<size_t>(r * tensor.cols + k)]) *
                            static_cast<double>(x[static_cast<size_t>(t * tensor.cols + k)]);
        exact += term;
        size += std::fabs(term);
      }
      const double error = std::fabs(y[static_cast<size_t>(t * tensor.rows + r)] - exact);
      worst = std::max(worst, error / size);
    }
  }
  return worst;
}

std::vector<float> row_of(const std::vector<float> &y, int64_t row, int64_t width) {
  return {y.begin() + row * width, y.begin() + (row + 1) * width};
}

}  // namespace

// 3e-5 is half a step of the 16-bit activations, against a mean term about a
// third of the block's greatest; formats with a minimum cancel more.
TEST(cpu_matmul_matches_double) {
  each_case([](const Tensor &tensor) {
    const Packed packed(tensor);
    for (const cpu::Kernels *kernels : cpu::runnable_kernels()) {
      for (const int64_t tokens : {1, 2, 3, 5, 9}) {
        const auto x = random_floats(static_cast<size_t>(tokens * tensor.cols), 3);
        const auto y = multiply(*kernels, packed.matrix(), x, tokens);
        const double worst = worst_error(tensor, x, tokens, y);
        if (worst > 3e-5) {
          fail(__FILE__, __LINE__, std::string(type_name(tensor.type)) + " in " + kernels->name +
                                       ": relative error " + std::to_string(worst));
        }
      }
    }
  });
}

// A token alone, and in any company, gives the same bits.
TEST(cpu_matmul_does_not_depend_on_the_batch) {
  constexpr int64_t kTokens = 19;
  each_case([](const Tensor &tensor) {
    const Packed packed(tensor);
    const auto x = random_floats(static_cast<size_t>(kTokens * tensor.cols), 4);
    for (const cpu::Kernels *kernels : cpu::runnable_kernels()) {
      const auto all = multiply(*kernels, packed.matrix(), x, kTokens);
      for (int64_t tokens = 1; tokens < kTokens; ++tokens) {
        const auto some = multiply(*kernels, packed.matrix(), x, tokens);
        CHECK(std::equal(some.begin(), some.end(), all.begin()));
      }
      for (int64_t t = 0; t < kTokens; ++t) {
        const auto alone = multiply(*kernels, packed.matrix(), row_of(x, t, tensor.cols), 1);
        CHECK(alone == row_of(all, t, tensor.rows));
      }
    }
  });
}

TEST(cpu_matmul_is_the_same_in_every_instruction_set) {
  each_case([](const Tensor &tensor) {
    const Packed packed(tensor);
    const auto x = random_floats(static_cast<size_t>(6 * tensor.cols), 5);
    const auto kernels = cpu::runnable_kernels();
    const auto first = multiply(*kernels.front(), packed.matrix(), x, 6);
    for (const cpu::Kernels *other : kernels) CHECK(multiply(*other, packed.matrix(), x, 6) == first);
  });
}

// Zeros, and values so small that 1 / step would overflow, give zero and no NaN.
TEST(cpu_matmul_of_nothing_is_zero) {
  const RandomMatrix weights(EBB_TYPE_Q4_1, 16, 64, 6);
  const Packed packed(weights.tensor());
  for (const cpu::Kernels *kernels : cpu::runnable_kernels()) {
    for (const float value : {0.0f, 1e-40f}) {
      for (const float y : multiply(*kernels, packed.matrix(), std::vector<float>(64, value), 1)) {
        CHECK_NEAR(y, 0, 1e-37);
      }
    }
  }
}
