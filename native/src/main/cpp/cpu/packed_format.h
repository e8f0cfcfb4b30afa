// How packed weights lie in memory; README.md of this folder draws it.
//
// A tile is 16 rows of a matrix, lane r of a vector being row r, so that a dot
// product never has to be summed across lanes. Quantised tiles go through K in
// blocks of 32 columns. Pair p of a block is its columns 2p and 2p+1; a pair of
// all 16 rows, widened to 16 bits, is one vector of 64 bytes.
#ifndef EBB_CPU_PACKED_FORMAT_H
#define EBB_CPU_PACKED_FORMAT_H

#include <cstddef>
#include <cstdint>

namespace ebb::cpu {

constexpr int kTileRows = 16;
constexpr int kBlock = 32;        // columns of a block
constexpr int kPairs = kBlock / 2;
constexpr int kSuperBlocks = 8;   // blocks of a K-quant super-block

// How the 32 x 16 codes of a block are stored.
enum class Codes {
  // 256 bytes: 16-bit lane c of the 64-byte vector j has the nibbles of pairs 4j..4j+3.
  kNibbles,
  // kNibbles, then 64 bytes: bit p of each 16-bit lane is the fifth bit of pair p.
  kNibblesAndBit,
  // kNibbles, then 128 bytes: 2 bits at 2*(p%8) of vector p/8 are bits 4 and 5 of pair p.
  kNibblesAndTwoBits,
  // 512 bytes: 32 signed bytes for each pair.
  kBytes
};

// What follows the codes of a block; [16] is over rows.
enum class Scales {
  kHalf,             // f16 step[16]
  kHalfAndMinimum,   // f16 step[16], f16 minimum[16]
  kSuper,            // u8 scale[16], u8 minimum[16]; ahead of 8 blocks: f16 d[16], f16 dmin[16]
  kSuperSixteen      // s8 scale[2][16], one for each 16 columns; ahead of 8 blocks: f16 d[16]
};

struct Packing {
  Codes codes;
  Scales scales;
  int zero;  // the code that stands for 0: weight = step * (code - zero) where there is no minimum

  constexpr size_t code_bytes() const {
    switch (codes) {
      case Codes::kNibbles: return 256;
      case Codes::kNibblesAndBit: return 256 + 64;
      case Codes::kNibblesAndTwoBits: return 256 + 128;
      default: return 512;
    }
  }
  constexpr size_t block_bytes() const {
    return code_bytes() + (scales == Scales::kHalfAndMinimum ? 64 : 32);
  }
  // Ahead of every 8 blocks.
  constexpr size_t header_bytes() const {
    return scales == Scales::kSuper ? 64 : scales == Scales::kSuperSixteen ? 32 : 0;
  }
  constexpr size_t tile_bytes(int64_t blocks) const {
    return static_cast<size_t>(blocks) * block_bytes() +
           static_cast<size_t>(blocks) / kSuperBlocks * header_bytes();
  }
};

// One for each storage type. Of plain floats a tile is [columns][16 rows].
enum Format {
  kFormatQ4_0, kFormatQ4_1, kFormatQ5_0, kFormatQ5_1, kFormatQ8_0,
  kFormatQ4_K, kFormatQ5_K, kFormatQ6_K,
  kFormatF32, kFormatF16, kFormatBF16,
  kFormats
};

constexpr Packing kPacking[] = {
    {Codes::kNibbles, Scales::kHalf, 8},
    {Codes::kNibbles, Scales::kHalfAndMinimum, 0},
    {Codes::kNibblesAndBit, Scales::kHalf, 16},
    {Codes::kNibblesAndBit, Scales::kHalfAndMinimum, 0},
    {Codes::kBytes, Scales::kHalf, 0},
    {Codes::kNibbles, Scales::kSuper, 0},
    {Codes::kNibblesAndBit, Scales::kSuper, 0},
    {Codes::kNibblesAndTwoBits, Scales::kSuperSixteen, 32},
};

constexpr bool is_quantised(Format format) { return format < kFormatF32; }

// Quantised activations. A tile of T tokens goes through K in blocks too, each
//   s16 code[T][32], f32 step[T], f32 step_sum[T]
// with x = step * code, and step_sum the step times the sum of the 32 codes.
constexpr size_t kActivationBlockBytes = kBlock * 2 + 4 + 4;  // for each token

}  // namespace ebb::cpu

#endif  // EBB_CPU_PACKED_FORMAT_H
