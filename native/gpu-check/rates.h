// What the device can do at most: figures that others are shares of.
#ifndef EBB_GPU_CHECK_RATES_H
#define EBB_GPU_CHECK_RATES_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "report.h"

namespace ebb::gpu_check {

using Print = std::function<void(const Figure &)>;

struct RateWork {
  size_t copied_bytes;
  int32_t rounds;        // of the loops on tensor cores
  int32_t product_side;  // of cuBLASLt's matrices; 0: none
};

constexpr RateWork kRateWork{size_t{1} << 30, 2000, 8192};

// Copies, and tensor cores by our own loops and by cuBLASLt where the machine has it.
void rate_figures(const RateWork &work, const Print &print);

// Seconds of a product [n][n] * [n][n] of BF16 by cuBLASLt; 0 and `why` where it is not there.
double cublaslt_seconds(int32_t n, std::string &why);

}  // namespace ebb::gpu_check

#endif  // EBB_GPU_CHECK_RATES_H
