// cuBLASLt, where the machine has it: found when run, so that no header or library of it is needed to build. The
// declarations are those of its C interface, which have stayed since CUDA 11.
#include <dlfcn.h>

#include <cstdlib>
#include <vector>

#include "core/dequantize.h"
#include "cuda/device.h"
#include "rates.h"
#include "stopwatch.h"

namespace ebb::gpu_check {
namespace {

constexpr int kCompute32F = 68;          // CUBLAS_COMPUTE_32F
constexpr int kReal32F = 0;              // CUDA_R_32F
constexpr int kReal16Bf = 14;            // CUDA_R_16BF
constexpr int kTransposeA = 3;           // CUBLASLT_MATMUL_DESC_TRANSA
constexpr int kTranspose = 1;            // CUBLAS_OP_T
constexpr int kMaxWorkspaceBytes = 1;    // CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES
constexpr size_t kWorkspace = 64u << 20;

// cublasLtMatmulHeuristicResult_t: an algorithm of 64 bytes, then what is not needed here.
struct alignas(16) Heuristic {
  uint8_t algorithm[64];
  uint8_t rest[192];
};

class Library {
 public:
  // EBB_CUBLASLT names one that the loader does not find by itself, such as that of a Python package.
  Library() {
    const char *named = std::getenv("EBB_CUBLASLT");
    for (const char *name : {named == nullptr ? "" : named, "libcublasLt.so.13", "libcublasLt.so.12",
                             "libcublasLt.so"}) {
      if (handle_ == nullptr && *name != 0) handle_ = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    }
  }
  explicit operator bool() const { return handle_ != nullptr; }

  // Calls a function that returns a status; false, with its name in `why`, where it fails or is not there.
  template <typename... Arguments>
  bool call(std::string &why, const char *name, Arguments... arguments) const {
    const auto function = reinterpret_cast<int (*)(Arguments...)>(dlsym(handle_, name));
    const int status = function == nullptr ? -1 : function(arguments...);
    if (status != 0) why = std::string(name) + ": status " + std::to_string(status);
    return status == 0;
  }

 private:
  void *handle_ = nullptr;  // stays open until the process ends
};

struct Product {
  void *handle = nullptr;
  void *operation = nullptr;
  void *layout = nullptr;
  void *preference = nullptr;
  Heuristic best{};

  bool prepare(const Library &lib, int32_t n, std::string &why) {
    const uint64_t side = static_cast<uint64_t>(n);
    int found = 0;
    const bool done =
        lib.call(why, "cublasLtCreate", &handle) &&
        lib.call(why, "cublasLtMatmulDescCreate", &operation, kCompute32F, kReal32F) &&
        lib.call(why, "cublasLtMatmulDescSetAttribute", operation, kTransposeA, static_cast<const void *>(&kTranspose),
                 sizeof(kTranspose)) &&
        lib.call(why, "cublasLtMatrixLayoutCreate", &layout, kReal16Bf, side, side, static_cast<int64_t>(n)) &&
        lib.call(why, "cublasLtMatmulPreferenceCreate", &preference) &&
        lib.call(why, "cublasLtMatmulPreferenceSetAttribute", preference, kMaxWorkspaceBytes,
                 static_cast<const void *>(&kWorkspace), sizeof(kWorkspace)) &&
        lib.call(why, "cublasLtMatmulAlgoGetHeuristic", handle, operation, layout, layout, layout, layout, preference,
                 1, &best, &found);
    if (done && found == 0) why = "it has no algorithm for the product";
    return done && found > 0;
  }
};

std::vector<uint16_t> random_matrix(size_t count) {
  std::vector<uint16_t> bits(count);
  uint64_t state = 1;
  for (uint16_t &value : bits) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value = f32_to_bf16(static_cast<float>(static_cast<int8_t>(state >> 56)) / 128);
  }
  return bits;
}

}  // namespace

double cublaslt_seconds(int32_t n, std::string &why) {
  const Library lib;
  if (!lib) {
    why = "libcublasLt is not on this machine";
    return 0;
  }
  Product product;
  if (!product.prepare(lib, n, why)) return 0;
  const size_t count = static_cast<size_t>(n) * static_cast<size_t>(n);
  const std::vector<uint16_t> numbers = random_matrix(count);
  cuda::DeviceArray<uint16_t> a("a"), b("b"), c("c");
  cuda::DeviceArray<uint8_t> workspace("workspace");
  a.put(numbers.data(), count, nullptr);
  b.put(numbers.data(), count, nullptr);
  c.reserve(count);
  workspace.reserve(kWorkspace);
  cuda::synchronize(nullptr);
  const float one = 1, zero = 0;
  bool good = true;
  const double seconds = seconds_of([&](cuda::Stream stream) {
    good = good && lib.call(why, "cublasLtMatmul", product.handle, product.operation, static_cast<const void *>(&one),
                            static_cast<const void *>(a.data()), product.layout, static_cast<const void *>(b.data()),
                            product.layout, static_cast<const void *>(&zero), static_cast<const void *>(c.data()),
                            product.layout, static_cast<void *>(c.data()), product.layout,
                            static_cast<const void *>(&product.best), static_cast<void *>(workspace.data()),
                            kWorkspace, static_cast<void *>(stream));
  });
  return good ? seconds : 0;
}

}  // namespace ebb::gpu_check
