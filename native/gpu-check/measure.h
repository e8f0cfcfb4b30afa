// Speed of the kernels beside what the device can do: its copy bandwidth.
#ifndef EBB_GPU_CHECK_MEASURE_H
#define EBB_GPU_CHECK_MEASURE_H

#include <string>
#include <vector>

namespace ebb::gpu_check {

struct Figure {
  std::string name;
  double value;
  std::string unit;
  double share;  // of the bound named; 0: none
};

// Copy bandwidth; decode attention and products of one token as shares of it; prefill attention and
// products of 1024 tokens in TFLOP/s. Shapes of Llama-3.1-8B.
std::vector<Figure> measure();

}  // namespace ebb::gpu_check

#endif  // EBB_GPU_CHECK_MEASURE_H
