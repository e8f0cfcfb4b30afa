// Weights on their way to the device: the same bytes by any number of threads and through buffers of any size.
#include "check.h"
#include "cuda/cuda_fixture.h"
#include "cuda/link.h"
#include "cuda/weight_loader.h"

using namespace ebb;
using namespace ebb::test;

namespace {

constexpr ebb_type kTypes[] = {EBB_TYPE_F32,  EBB_TYPE_F16,  EBB_TYPE_BF16, EBB_TYPE_Q4_0, EBB_TYPE_Q4_1, EBB_TYPE_Q5_0,
                               EBB_TYPE_Q5_1, EBB_TYPE_Q8_0, EBB_TYPE_Q4_K, EBB_TYPE_Q5_K, EBB_TYPE_Q6_K};

template <typename T>
bool holds(const cuda::DeviceArray<T> &array, const std::vector<T> &expected) {
  if (expected.empty()) return array.data() == nullptr;
  const cuda::OwnStream stream;
  std::vector<T> there(expected.size());
  cuda::download(there.data(), array.data(), there.size() * sizeof(T), stream.get());
  cuda::synchronize(stream.get());
  return there == expected;
}

}  // namespace

TEST(cuda_weights_do_not_depend_on_threads_and_buffers) {
  for (const ebb_type type : kTypes) {
    const StoredMatrix stored(type, 133, 512, 5);
    const cuda::PackedMatrix expected = cuda::pack_matrix(stored.tensor());
    for (const int threads : {1, 3}) {
      for (const size_t buffer : {size_t{1}, size_t{70000}, size_t{1} << 20}) {
        if (threads > 1) link::run_at_random(buffer + 3);
        cuda::DeviceArray<uint8_t> codes("codes");
        cuda::DeviceArray<float> steps("steps"), minima("minima");
        cuda::WeightLoader loader(threads, buffer);
        const cuda::Matrix matrix = loader.load(stored.tensor(), codes, steps, minima);
        const std::string told = loader.finish();
        link::run_at_once();
        CHECK(told.find("by " + std::to_string(threads) + " threads") != std::string::npos);
        CHECK(told.find("GB/s") != std::string::npos);
        CHECK(holds(codes, expected.codes) && holds(steps, expected.steps) && holds(minima, expected.minima));
        CHECK_EQUAL(matrix.scale, expected.matrix.scale);
      }
    }
  }
}
