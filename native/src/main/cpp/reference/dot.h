// The reference dot product.
#ifndef EBB_REFERENCE_DOT_H
#define EBB_REFERENCE_DOT_H

#include <cstdint>
#include <cstring>

namespace ebb::reference {

constexpr int kPartials = 16;

// Four floats side by side, as GCC and Clang offer them on every processor. It
// only says that the four are independent; each is plain float arithmetic.
typedef float Quad __attribute__((vector_size(16)));

inline Quad load_quad(const float *from) {
  Quad quad;
  std::memcpy(&quad, from, sizeof(quad));
  return quad;
}

// Adds the partial sums in a fixed tree: j + 8, j + 4, j + 2, j + 1.
inline float fold(const Quad (&s)[kPartials / 4]) {
  const Quad t = (s[0] + s[2]) + (s[1] + s[3]);
  return (t[0] + t[2]) + (t[1] + t[3]);
}

// Adds the products of 16 elements of w and of each vector to the partial sums.
template <int Count>
inline void step(const float *w, const float *x, int64_t stride, Quad (&s)[Count][kPartials / 4]) {
  for (int q = 0; q < kPartials / 4; ++q) {
    const Quad weight = load_quad(w + 4 * q);
    for (int k = 0; k < Count; ++k) s[k][q] += weight * load_quad(x + k * stride + 4 * q);
  }
}

// Sum of w[i] * x[k][i] for each of `Count` vectors x[k] that lie `stride` floats
// apart. Element i goes to partial sum i % 16, in rising order (a ragged end is
// filled up with zeros), and then the sums are folded: the order follows from n
// alone, and it fills vector registers without a compiler having to reorder
// anything. Doing several vectors at once only saves loads of w.
template <int Count>
inline void dot(const float *w, const float *x, int64_t stride, int64_t n, float *result) {
  Quad s[Count][kPartials / 4] = {};
  const int64_t whole = n / kPartials * kPartials;
  for (int64_t i = 0; i < whole; i += kPartials) step<Count>(w + i, x + i, stride, s);
  if (whole < n) {
    float w_end[kPartials] = {};
    float x_end[Count * kPartials] = {};
    const auto rest = static_cast<size_t>(n - whole) * sizeof(float);
    std::memcpy(w_end, w + whole, rest);
    for (int k = 0; k < Count; ++k) std::memcpy(x_end + k * kPartials, x + k * stride + whole, rest);
    step<Count>(w_end, x_end, kPartials, s);
  }
  for (int k = 0; k < Count; ++k) result[k] = fold(s[k]);
}

inline float dot(const float *a, const float *b, int64_t n) {
  float result;
  dot<1>(a, b, 0, n, &result);
  return result;
}

}  // namespace ebb::reference

#endif  // EBB_REFERENCE_DOT_H
