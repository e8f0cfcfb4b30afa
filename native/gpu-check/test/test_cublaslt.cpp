#include "check.h"
#include "rates.h"

using namespace ebb::gpu_check;

extern "C" int fake_cublaslt_products, fake_cublaslt_algorithms;

TEST(gpu_check_cublaslt_is_called_as_it_wants) {
  std::string why;
  CHECK_NEAR(cublaslt_seconds(64, why), 0.5, 0);
  CHECK_EQUAL(why, "");
  CHECK_EQUAL(fake_cublaslt_products, 2);
}

TEST(gpu_check_cublaslt_may_have_no_algorithm) {
  std::string why;
  fake_cublaslt_algorithms = 0;
  CHECK_NEAR(cublaslt_seconds(64, why), 0, 0);
  CHECK_EQUAL(why, "it has no algorithm for the product");
  fake_cublaslt_algorithms = 1;
}
