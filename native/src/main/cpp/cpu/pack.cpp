#include "cpu/pack.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "core/error.h"

namespace ebb::cpu {
namespace {

constexpr int kSuper = kBlock * kSuperBlocks;

Format format_of(ebb_type type) {
  switch (type) {
    case EBB_TYPE_Q4_0: return kFormatQ4_0;
    case EBB_TYPE_Q4_1: return kFormatQ4_1;
    case EBB_TYPE_Q5_0: return kFormatQ5_0;
    case EBB_TYPE_Q5_1: return kFormatQ5_1;
    case EBB_TYPE_Q8_0: return kFormatQ8_0;
    case EBB_TYPE_Q4_K: return kFormatQ4_K;
    case EBB_TYPE_Q5_K: return kFormatQ5_K;
    case EBB_TYPE_Q6_K: return kFormatQ6_K;
    case EBB_TYPE_F32: return kFormatF32;
    case EBB_TYPE_F16: return kFormatF16;
    case EBB_TYPE_BF16: return kFormatBF16;
  }
  throw Error(EBB_UNSUPPORTED, "the cpu backend has no format for tensor type " +
                                   std::to_string(static_cast<int>(type)));
}

// A block of one row as stored, taken apart. core/dequantize.cpp documents the
// stored layouts.
struct Block {
  uint8_t codes[kBlock];  // kBytes: signed bytes
  uint8_t halves[4];      // f16 step and minimum of kHalf, kHalfAndMinimum
  uint8_t scales[2];      // of kSuper: scale, minimum; of kSuperSixteen: two scales
};

void split_nibbles(const uint8_t *nibbles, uint8_t *codes) {
  for (int i = 0; i < 16; ++i) {
    codes[i] = nibbles[i] & 15;
    codes[i + 16] = nibbles[i] >> 4;
  }
}

void add_fifth_bits(const uint8_t *bits, uint8_t *codes) {
  for (int i = 0; i < kBlock; ++i) codes[i] |= (bits[i / 8] >> (i % 8) & 1) << 4;
}

// Blocks of 32: { f16 step; [f16 minimum;] [u32 fifth bits;] nibbles or bytes }.
void take_simple(Format format, const uint8_t *source, Block &block) {
  const bool minimum = kPacking[format].scales == Scales::kHalfAndMinimum;
  std::memcpy(block.halves, source, minimum ? 4 : 2);
  source += minimum ? 4 : 2;
  if (format == kFormatQ8_0) {
    std::memcpy(block.codes, source, kBlock);
  } else if (kPacking[format].codes == Codes::kNibblesAndBit) {
    split_nibbles(source + 4, block.codes);
    add_fifth_bits(source, block.codes);
  } else {
    split_nibbles(source, block.codes);
  }
}

// Group `group` of a Q4_K or Q5_K super-block.
void take_q4_q5_k(Format format, const uint8_t *source, int group, Block &block) {
  const uint8_t *packed = source + 4;  // twelve bytes of 6-bit scales and minima
  if (group < 4) {
    block.scales[0] = packed[group] & 63;
    block.scales[1] = packed[group + 4] & 63;
  } else {
    block.scales[0] = static_cast<uint8_t>((packed[group + 4] & 15) | packed[group - 4] >> 6 << 4);
    block.scales[1] = static_cast<uint8_t>(packed[group + 4] >> 4 | packed[group] >> 6 << 4);
  }
  const bool five = format == kFormatQ5_K;
  const uint8_t *nibbles = source + (five ? 48 : 16) + group / 2 * 32;
  for (int i = 0; i < kBlock; ++i) {
    block.codes[i] = nibbles[i] >> (group % 2 * 4) & 15;
    if (five) block.codes[i] |= (source[16 + i] >> group & 1) << 4;
  }
}

// Group `group` of a Q6_K super-block: quarter group % 4 of half group / 4.
void take_q6_k(const uint8_t *source, int group, Block &block) {
  const int quarter = group % 4;
  const uint8_t *low = source + group / 4 * 64 + quarter % 2 * 32;
  const uint8_t *high = source + 128 + group / 4 * 32;
  for (int i = 0; i < kBlock; ++i) {
    const int nibble = low[i] >> (quarter / 2 * 4) & 15;
    block.codes[i] = static_cast<uint8_t>(nibble | (high[i] >> (2 * quarter) & 3) << 4);
  }
  block.scales[0] = source[192 + 2 * group];
  block.scales[1] = source[192 + 2 * group + 1];
}

// Bits `from` .. `from + bits - 1` of the codes of `pairs` pairs, as the 32-bit
// lane of a row: first columns in its lower half, second ones in its upper.
uint32_t lane_of(const uint8_t *codes, int pairs, int from, int bits) {
  const uint32_t mask = (1u << bits) - 1;
  uint32_t lane = 0;
  for (int p = 0; p < pairs; ++p) {
    lane |= (codes[2 * p] >> from & mask) << (bits * p);
    lane |= (codes[2 * p + 1] >> from & mask) << (bits * p + 16);
  }
  return lane;
}

void put_lane(uint8_t *vector, int row, uint32_t lane) { std::memcpy(vector + 4 * row, &lane, 4); }

void put_codes(const Packing &packing, const uint8_t *codes, int row, uint8_t *to) {
  if (packing.codes == Codes::kBytes) {
    for (int p = 0; p < kPairs; ++p) std::memcpy(to + 32 * p + 2 * row, codes + 2 * p, 2);
    return;
  }
  for (int j = 0; j < 4; ++j) put_lane(to + 64 * j, row, lane_of(codes + 8 * j, 4, 0, 4));
  if (packing.codes == Codes::kNibblesAndBit) put_lane(to + 256, row, lane_of(codes, 16, 4, 1));
  if (packing.codes == Codes::kNibblesAndTwoBits) {
    for (int j = 0; j < 2; ++j) put_lane(to + 256 + 64 * j, row, lane_of(codes + 16 * j, 8, 4, 2));
  }
}

void put_scales(const Packing &packing, const Block &block, int row, uint8_t *to) {
  switch (packing.scales) {
    case Scales::kHalfAndMinimum:
      std::memcpy(to + 32 + 2 * row, block.halves + 2, 2);
      [[fallthrough]];
    case Scales::kHalf:
      std::memcpy(to + 2 * row, block.halves, 2);
      break;
    default:
      to[row] = block.scales[0];
      to[16 + row] = block.scales[1];
  }
}

void put_header(const Packing &packing, const uint8_t *super, int row, uint8_t *to) {
  if (packing.scales == Scales::kSuper) {
    std::memcpy(to + 2 * row, super, 2);
    std::memcpy(to + 32 + 2 * row, super + 2, 2);
  } else {
    std::memcpy(to + 2 * row, super + 208, 2);
  }
}

void pack_quantised_row(const Tensor &tensor, Format format, const uint8_t *source, int row,
                        uint8_t *to) {
  const Packing &packing = kPacking[format];
  const bool super = packing.header_bytes() != 0;
  const size_t source_bytes = type_block_bytes(tensor.type);
  for (int64_t b = 0; b < tensor.cols / kBlock; ++b) {
    const int group = static_cast<int>(b % kSuperBlocks);
    const uint8_t *from = source + static_cast<size_t>(super ? b / kSuperBlocks : b) * source_bytes;
    if (super && group == 0) {
      put_header(packing, from, row, to);
      to += packing.header_bytes();
    }
    Block block = {};
    if (!super) {
      take_simple(format, from, block);
    } else if (format == kFormatQ6_K) {
      take_q6_k(from, group, block);
    } else {
      take_q4_q5_k(format, from, group, block);
    }
    put_codes(packing, block.codes, row, to);
    put_scales(packing, block, row, to + packing.code_bytes());
    to += packing.block_bytes();
  }
}

void pack_dense_row(const Tensor &tensor, const uint8_t *source, int row, uint8_t *to) {
  const size_t size = type_block_bytes(tensor.type);
  for (int64_t k = 0; k < tensor.cols; ++k) {
    std::memcpy(to + (static_cast<size_t>(k) * kTileRows + static_cast<size_t>(row)) * size,
                source + static_cast<size_t>(k) * size, size);
  }
}

}  // namespace

size_t PackedMatrix::tile_bytes() const {
  if (is_quantised(format)) return kPacking[format].tile_bytes(columns / kBlock);
  return static_cast<size_t>(columns) * kTileRows * (format == kFormatF32 ? 4 : 2);
}

PackedMatrix packed_shape(const Tensor &tensor) {
  return {format_of(tensor.type), tensor.rows, tensor.cols, nullptr};
}

void pack_tiles(const Tensor &tensor, int64_t begin, int64_t end, uint8_t *to) {
  const PackedMatrix shape = packed_shape(tensor);
  for (int64_t tile = begin; tile < end; ++tile) {
    uint8_t *target = to + static_cast<size_t>(tile) * shape.tile_bytes();
    std::memset(target, 0, shape.tile_bytes());
    const int64_t first = tile * kTileRows;
    const auto rows = static_cast<int>(std::min<int64_t>(kTileRows, tensor.rows - first));
    for (int row = 0; row < rows; ++row) {
      const uint8_t *source = tensor.row(first + row);
      if (is_quantised(shape.format)) {
        pack_quantised_row(tensor, shape.format, source, row, target);
      } else {
        pack_dense_row(tensor, source, row, target);
      }
    }
  }
}

static_assert(kSuper == 256, "a K-quant super-block has eight blocks");

}  // namespace ebb::cpu
