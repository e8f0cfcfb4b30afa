// Stands in for cuBLASLt: it takes what the real one takes, in that order, and notes what is not as it should be.
#include <cstddef>
#include <cstdint>
#include <cstring>

// Calls of cublasLtMatmul so far, or -1 once anything was wrong; and how many algorithms there are.
extern "C" {
int fake_cublaslt_products = 0;
int fake_cublaslt_algorithms = 1;
}

namespace {

struct Layout {
  int type;
  uint64_t rows, columns;
  int64_t stride;
};

Layout layout;
int handle, operation, preference;
int transposed_a = 0;
uint64_t workspace_max = 0;

int expect(bool right) {
  if (!right) fake_cublaslt_products = -1;
  return right ? 0 : 7;  // CUBLAS_STATUS_INVALID_VALUE
}

}  // namespace

extern "C" {

int cublasLtCreate(void **to) {
  *to = &handle;
  return 0;
}

int cublasLtMatmulDescCreate(void **to, int compute, int scale) {
  *to = &operation;
  return expect(compute == 68 && scale == 0);
}

int cublasLtMatmulDescSetAttribute(void *of, int name, const void *value, size_t bytes) {
  if (expect(of == &operation && name == 3 && bytes == 4) != 0) return 7;
  std::memcpy(&transposed_a, value, bytes);
  return expect(transposed_a == 1);
}

int cublasLtMatrixLayoutCreate(void **to, int type, uint64_t rows, uint64_t columns, int64_t stride) {
  layout = {type, rows, columns, stride};
  *to = &layout;
  return expect(type == 14 && rows == columns && stride == static_cast<int64_t>(rows));
}

int cublasLtMatmulPreferenceCreate(void **to) {
  *to = &preference;
  return 0;
}

int cublasLtMatmulPreferenceSetAttribute(void *of, int name, const void *value, size_t bytes) {
  if (expect(of == &preference && name == 1 && bytes == 8) != 0) return 7;
  std::memcpy(&workspace_max, value, bytes);
  return 0;
}

int cublasLtMatmulAlgoGetHeuristic(void *by, void *of, void *a, void *b, void *c, void *d, void *preferred, int wanted,
                                   void *results, int *found) {
  *found = fake_cublaslt_algorithms;
  std::memset(results, 0x11, 96);  // one cublasLtMatmulHeuristicResult_t
  return expect(by == &handle && of == &operation && a == &layout && b == &layout && c == &layout && d == &layout &&
                preferred == &preference && wanted == 1);
}

int cublasLtMatmul(void *by, void *of, const void *alpha, const void *a, void *a_layout, const void *b, void *b_layout,
                   const void *beta, const void *c, void *c_layout, void *d, void *d_layout, const void *algorithm,
                   void *workspace, size_t workspace_bytes, void *stream) {
  const float one = *static_cast<const float *>(alpha), zero = *static_cast<const float *>(beta);
  const bool right = by == &handle && of == &operation && one == 1 && zero == 0 && a != nullptr && b != nullptr &&
                     a != b && c == d && d != a && a_layout == &layout && b_layout == &layout && c_layout == &layout &&
                     d_layout == &layout && *static_cast<const uint8_t *>(algorithm) == 0x11 &&
                     workspace != nullptr && workspace_bytes == workspace_max && stream == nullptr;
  if (right && fake_cublaslt_products >= 0) ++fake_cublaslt_products;
  return expect(right);
}

}  // extern "C"
