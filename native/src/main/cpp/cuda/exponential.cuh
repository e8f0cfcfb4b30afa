// e to the x in plain double arithmetic, the very operations of the engine's sampler
// (dev.ebb.engine.sampling.Exponential), so that a token drawn here is the one drawn there.
#ifndef EBB_CUDA_EXPONENTIAL_CUH
#define EBB_CUDA_EXPONENTIAL_CUH

#include "cuda/isa.cuh"

namespace ebb::cuda {

constexpr double kNegligible = 1e-280;  // results not above it stand for 0

// e^x for x at most 0: (e^(x/1024))^1024, a Taylor polynomial of degree 8 and ten squarings.
__device__ __forceinline__ double exponential(double x) {
  const double r = (x < -660.0 ? -660.0 : x) * (1.0 / 1024);
  double p = r * (1.0 / 40320) + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1;
  p = p * r + 1;
  for (int i = 0; i < 10; ++i) p *= p;
  return p;
}

}  // namespace ebb::cuda

#endif  // EBB_CUDA_EXPONENTIAL_CUH
