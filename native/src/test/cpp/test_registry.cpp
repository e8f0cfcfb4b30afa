// Which backends there are, and that one whose device is missing says so and does no harm.
#include <string>

#include "check.h"
#include "core/registry.h"

using namespace ebb;
using namespace ebb::test;

TEST(registry_finds_by_name) {
  CHECK(find_backend("reference") == ebb_backend_reference());
  CHECK(find_backend("quantum") == nullptr);
  CHECK(backend_names().find("reference") == 0);
}

// A build with nvcc runs on machines without a driver: the backend is there and explains itself.
TEST(registry_cuda_without_a_device_says_so) {
  const ebb_backend *cuda = find_backend("cuda");
  if (cuda == nullptr) return;  // a build without nvcc
  char text[512] = {};
  const ebb_status status = cuda->describe(text, sizeof(text));
  CHECK(status == EBB_OK || status == EBB_UNSUPPORTED);
  if (status == EBB_OK) return;  // a machine with a GPU
  CHECK(std::string(text).find("no device") != std::string::npos);
  ebb_handle *handle = nullptr;
  for (int i = 0; i < 3; ++i) CHECK_EQUAL(cuda->open(1, &handle, text, sizeof(text)), EBB_UNSUPPORTED);
  CHECK(handle == nullptr);
}
