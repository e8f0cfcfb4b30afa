// Rows of a packed table are what core/dequantize.cpp makes of them.
#include "check.h"
#include "cuda/cuda_fixture.h"

using namespace ebb;
using namespace ebb::test;

TEST(cuda_embedding_is_exact) {
  for (const ebb_type type : {EBB_TYPE_F32, EBB_TYPE_F16, EBB_TYPE_BF16, EBB_TYPE_Q4_0, EBB_TYPE_Q4_1, EBB_TYPE_Q5_0,
                              EBB_TYPE_Q5_1, EBB_TYPE_Q8_0, EBB_TYPE_Q4_K, EBB_TYPE_Q5_K, EBB_TYPE_Q6_K}) {
    const int64_t columns = type_block_elements(type) == 1 ? 300 : 512;
    const StoredMatrix stored(type, 37, columns, 3);
    const DeviceMatrix table(stored.tensor());
    std::vector<int32_t> ids = {36, 0, 15, 16, 0};
    if (type == EBB_TYPE_Q4_1) {
      for (int32_t i = 0; i < 2044; ++i) ids.push_back(i % 37);  // a long chunk
    }
    const simt::Buffer<int32_t> ids_d("ids", ids);
    const auto x = simt::same_in_every_schedule<float>([&] {
      const simt::Buffer<float> to("x", ids.size() * static_cast<size_t>(columns));
      cuda::embedding(table.get(), ids_d.data(), static_cast<int64_t>(ids.size()), to.data(), nullptr);
      return to.read();
    });
    const auto all = to_floats(stored.tensor());
    size_t wrong = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const size_t row = static_cast<size_t>(ids[i / static_cast<size_t>(columns)]);
      // Q4_K and Q5_K: the stored minimum is subtracted, here its negative is added; the same number.
      // An F32 weight is kept to 22 bits.
      const float tolerance = type == EBB_TYPE_F32 ? 1e-6f : 0.0f;
      const float want = all[row * static_cast<size_t>(columns) + i % static_cast<size_t>(columns)];
      wrong += !(std::fabs(x[i] - want) <= tolerance * std::fabs(want));
    }
    if (wrong > 0) fail(__FILE__, __LINE__, std::string(type_name(type)) + ": " + std::to_string(wrong) + " wrong");
  }
}
