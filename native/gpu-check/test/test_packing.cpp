// A large matrix is packed by several threads: to the bytes of its parts, which are packed by one.
#include <algorithm>

#include "check.h"
#include "core/model.h"
#include "cuda/matrix_pack.h"
#include "generated_model.h"

using namespace ebb;
using namespace ebb::gpu_check;

namespace {

constexpr int32_t kRows = 2048 + 5;  // the last tile is not full
constexpr int32_t kColumns = 1024;

void check_parts(const Tensor &tensor) {
  const cuda::PackedMatrix whole = cuda::pack_matrix(tensor);
  std::vector<uint8_t> codes;
  std::vector<float> steps, minima;
  for (int64_t row = 0; row < tensor.rows; row += 256) {
    const Tensor part{tensor.row(row), tensor.type, std::min<int64_t>(256, tensor.rows - row), tensor.cols};
    const cuda::PackedMatrix packed = cuda::pack_matrix(part);
    CHECK_EQUAL(packed.matrix.scale, whole.matrix.scale);
    codes.insert(codes.end(), packed.codes.begin(), packed.codes.end());
    steps.insert(steps.end(), packed.steps.begin(), packed.steps.end());
    minima.insert(minima.end(), packed.minima.begin(), packed.minima.end());
  }
  CHECK(codes == whole.codes);
  CHECK(steps == whole.steps);
  CHECK(minima == whole.minima);
}

}  // namespace

// Every part has a weight of the greatest size there is, -128, so all have one scale.
TEST(gpu_check_packs_halves_by_threads) {
  const GeneratedModel model(
      {"wide", 1, kColumns, 1, 1, 32, 32, kRows, 64, 1e-5f, 1e4, EBB_ROPE_HALVES, false, true}, 3, 1);
  check_parts(view_model(model.descriptor()).token_embedding);
}

TEST(gpu_check_packs_codes_by_threads) {
  for (const ebb_type type : {EBB_TYPE_Q8_0, EBB_TYPE_Q4_1, EBB_TYPE_Q4_K}) {
    std::vector<uint8_t> bytes(static_cast<size_t>(kRows) * row_bytes(type, kColumns));
    // Below 64, so that no step among them is NaN, which equals nothing.
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(random_bits(4, 0, i) & 63);
    check_parts({bytes.data(), type, kRows, kColumns});
  }
}
