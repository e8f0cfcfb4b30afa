// The input of matrix kernels: activations cut into tiles of a few tokens.
#ifndef EBB_CPU_ACTIVATION_TILES_H
#define EBB_CPU_ACTIVATION_TILES_H

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "cpu/kernels.h"
#include "cpu/pack.h"

namespace ebb::cpu {

// Tokens are spread evenly over as few tiles as hold them. A token's numbers do
// not depend on its tile, so the batch never shows in a result.
class ActivationTiles {
 public:
  // Makes room for `tokens` rows, in the forms that the matrices ask for.
  void shape(const Kernels &kernels, int64_t tokens, std::initializer_list<const PackedMatrix *> readers);

  int64_t tokens() const { return tokens_; }
  int64_t columns() const { return columns_; }
  int64_t tiles() const { return tiles_; }
  int64_t begin(int64_t tile) const { return tokens_ * tile / tiles_; }
  int count(int64_t tile) const { return static_cast<int>(begin(tile + 1) - begin(tile)); }

  // Elements column .. column + n - 1 of a token. Quantised inputs need a
  // multiple of 32 for both. Different tokens or blocks may be written at once.
  void write(int64_t token, int64_t column, const float *x, int64_t n);

  // What MatmulCall::input is for a matrix of that format.
  const void *tile(int64_t index, Format format) const;

 private:
  const Kernels *kernels_ = nullptr;
  int64_t tokens_ = 0;
  int64_t columns_ = 0;
  int64_t tiles_ = 1;
  bool quantised_ = false;
  bool dense_ = false;
  std::vector<uint8_t> codes_;
  std::vector<float> floats_;
};

}  // namespace ebb::cpu

#endif  // EBB_CPU_ACTIVATION_TILES_H
