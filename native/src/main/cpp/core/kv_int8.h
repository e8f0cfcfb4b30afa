// Keys and values as signed bytes (EBB_KV_I8): a head's numbers of one token share one scale.
//
// The scale is of the token and head alone, not of a block: a block fills token by token, and a scale that
// depended on its neighbours would be another in prefill than in decode.
#ifndef EBB_CORE_KV_INT8_H
#define EBB_CORE_KV_INT8_H

#include <cstdint>

namespace ebb {

// Writes x[0..n) as codes[i] * scale, each to the nearest code (ties to even), and returns the scale as F16: the
// greatest |x| over 127, rounded up, so that codes are -127..127 and none is off by more than half a scale: less than
// 1/253 of the greatest, or 1/254 of it and 2^-25 more where it is below 127 * 2^-14 and the scale subnormal. Where x
// holds a number that is not finite or beyond 127 times F16's greatest, the codes are 0 and the scale is infinite or
// NaN: what is read back is NaN.
uint16_t quantize_kv(const float *x, int32_t n, int8_t *codes);

// The n numbers that codes and scale stand for.
void dequantize_kv(const int8_t *codes, uint16_t scale, int32_t n, float *x);

}  // namespace ebb

#endif  // EBB_CORE_KV_INT8_H
