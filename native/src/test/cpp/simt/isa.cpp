#include "simt/isa.h"

#include <cstring>

#include "core/dequantize.h"
#include "simt/machine.h"

namespace ebb::isa {
namespace {

using simt::kWarpSize;
using simt::Machine;
using simt::Meeting;

struct ShuffleLane {
  uint32_t value;
  int source;
  uint32_t result;
};

struct VoteLane {
  bool predicate;
  uint32_t result;
};

struct LdmatrixLane {
  uint32_t *registers;
  const void *row;
  int matrices;
  bool transposed;
  Where where;
};

struct MmaLane {
  float *c;
  const uint32_t *a;
  const uint32_t *b;
  float (*to_float)(uint16_t);
};

template <typename Lane>
Lane &at(void *const *lanes, int lane) {
  return *static_cast<Lane *>(lanes[lane]);
}

void finish_shuffle(Machine &machine, void *const *lanes) {
  ++machine.counters.shuffle;
  for (int i = 0; i < kWarpSize; ++i) {
    auto &lane = at<ShuffleLane>(lanes, i);
    lane.result = at<ShuffleLane>(lanes, lane.source & (kWarpSize - 1)).value;
  }
}

void finish_vote(Machine &machine, void *const *lanes) {
  ++machine.counters.vote;
  uint32_t mask = 0;
  for (int i = 0; i < kWarpSize; ++i) mask |= uint32_t{at<VoteLane>(lanes, i).predicate} << i;
  for (int i = 0; i < kWarpSize; ++i) at<VoteLane>(lanes, i).result = mask;
}

void finish_warp_barrier(Machine &machine, void *const *) {
  ++machine.counters.warp_barrier;
  machine.warp_clock_tick();
}

// Row r of matrix m is at the address that lane 8m + r gives; lane i gets elements
// 2(i % 4) and the next of row i / 4, or of column i / 4 when transposed.
void finish_ldmatrix(Machine &machine, void *const *lanes) {
  ++machine.counters.ldmatrix;
  const int matrices = at<LdmatrixLane>(lanes, 0).matrices;
  for (int m = 0; m < matrices; ++m) {
    uint16_t elements[8][8];
    simt::Access accesses[8];
    std::vector<const simt::Access *> group;
    for (int r = 0; r < 8; ++r) {
      const auto &lane = at<LdmatrixLane>(lanes, 8 * m + r);
      machine.read_row(8 * m + r, lane.row, lane.where);
      if (machine.shared().holds(lane.row)) std::memcpy(elements[r], lane.row, 16);
      accesses[r] = {nullptr, machine.shared().bank_offset(lane.row), 16, true, false};
      group.push_back(&accesses[r]);
    }
    if (machine.options.count) simt::count_wavefronts(group, machine.counters.shared_read);
    for (int i = 0; i < kWarpSize; ++i) {
      const auto &lane = at<LdmatrixLane>(lanes, i);
      const int a = i / 4;
      const int b = i % 4 * 2;
      const uint32_t low = lane.transposed ? elements[b][a] : elements[a][b];
      const uint32_t high = lane.transposed ? elements[b + 1][a] : elements[a][b + 1];
      lane.registers[m] = low | high << 16;
    }
  }
}

struct MmaOperands {
  float a[16][16];
  float b[16][8];
};

void gather(void *const *lanes, MmaOperands &operands) {
  for (int i = 0; i < kWarpSize; ++i) {
    const auto &lane = at<MmaLane>(lanes, i);
    const int group = i / 4;
    const int pair = i % 4 * 2;
    for (int r = 0; r < 4; ++r) {
      float *a = &operands.a[group + r % 2 * 8][pair + r / 2 * 8];
      a[0] = lane.to_float(static_cast<uint16_t>(lane.a[r]));
      a[1] = lane.to_float(static_cast<uint16_t>(lane.a[r] >> 16));
    }
    for (int r = 0; r < 2; ++r) {
      operands.b[pair + r * 8][group] = lane.to_float(static_cast<uint16_t>(lane.b[r]));
      operands.b[pair + 1 + r * 8][group] = lane.to_float(static_cast<uint16_t>(lane.b[r] >> 16));
    }
  }
}

// Fragments as the PTX manual draws them for m16n8k16. The 16 products and c are
// summed exactly enough (in double) and rounded once; a device truncates more.
void finish_mma(Machine &machine, void *const *lanes) {
  ++machine.counters.mma;
  MmaOperands operands;
  gather(lanes, operands);
  double sums[16][8] = {};
  for (int i = 0; i < 16; ++i) {
    for (int k = 0; k < 16; ++k) {
      for (int j = 0; j < 8; ++j) {
        sums[i][j] += static_cast<double>(operands.a[i][k]) * static_cast<double>(operands.b[k][j]);
      }
    }
  }
  for (int i = 0; i < kWarpSize; ++i) {
    const auto &lane = at<MmaLane>(lanes, i);
    for (int r = 0; r < 4; ++r) {
      const double sum = sums[i / 4 + r / 2 * 8][i % 4 * 2 + r % 2];
      lane.c[r] = static_cast<float>(static_cast<double>(lane.c[r]) + sum);
    }
  }
}

template <typename T>
T load(const void *address, const void *pc) {
  Machine::get().access(address, sizeof(T), false, false, pc);
  T value;
  std::memcpy(&value, address, sizeof(T));
  return value;
}

template <typename T>
void store(void *address, const T &value, const void *pc) {
  Machine::get().access(address, sizeof(T), true, false, pc);
  std::memcpy(address, &value, sizeof(T));
}

void load_matrices(uint32_t *registers, const void *row, int matrices, bool transposed, Where where) {
  LdmatrixLane lane{registers, row, matrices, transposed, where};
  Machine::get().meet(Meeting::kLdmatrix, where, &lane, finish_ldmatrix);
}

void multiply(float *c, const uint32_t *a, const uint32_t *b, float (*to_float)(uint16_t), Where where) {
  MmaLane lane{c, a, b, to_float};
  Machine::get().meet(Meeting::kMma, where, &lane, finish_mma);
}

}  // namespace

void sync_warp(Where where) { Machine::get().meet(Meeting::kWarpBarrier, where, nullptr, finish_warp_barrier); }

uint32_t shuffle_bits(uint32_t value, int source, Where where) {
  ShuffleLane lane{value, source, 0};
  Machine::get().meet(Meeting::kShuffle, where, &lane, finish_shuffle);
  return lane.result;
}

uint32_t ballot(bool predicate, Where where) {
  VoteLane lane{predicate, 0};
  Machine::get().meet(Meeting::kVote, where, &lane, finish_vote);
  return lane.result;
}

uint32_t atomic_add(uint32_t *address, uint32_t value) {
  Machine &machine = Machine::get();
  ++machine.counters.atomic;
  machine.access(address, sizeof(*address), true, true, __builtin_return_address(0));
  const uint32_t before = *address;
  *address = before + value;
  return before;
}

#define EBB_PC __builtin_return_address(0)
uint4 load_16(const void *address) { return load<uint4>(address, EBB_PC); }
uint4 load_16_stream(const void *address) { return load<uint4>(address, EBB_PC); }
uint4 load_16_shared(const void *address) { return load<uint4>(address, EBB_PC); }
uint2 load_8(const void *address) { return load<uint2>(address, EBB_PC); }
void store_16(void *address, uint4 value) { store(address, value, EBB_PC); }
void store_16_shared(void *address, uint4 value) { store(address, value, EBB_PC); }
void store_8(void *address, uint2 value) { store(address, value, EBB_PC); }

void copy_async_16(void *to, const void *from, bool valid) {
  Machine::get().copy_async(to, from, valid ? 16 : 0, EBB_PC);
}
void copy_async_part(void *to, const void *from, int bytes) {
  Machine::get().copy_async(to, from, static_cast<size_t>(bytes), EBB_PC);
}
#undef EBB_PC

float half_to_float(uint16_t bits) { return f16_to_f32(bits); }
uint16_t float_to_half(float value) { return f32_to_f16(value); }

uint32_t pack_half(float low, float high) {
  return uint32_t{f32_to_f16(low)} | uint32_t{f32_to_f16(high)} << 16;
}

uint32_t subtract_half2(uint32_t a, uint32_t b) {
  const auto half = [](uint32_t both, int which) { return f16_to_f32(static_cast<uint16_t>(both >> (16 * which))); };
  return pack_half(half(a, 0) - half(b, 0), half(a, 1) - half(b, 1));
}
uint32_t multiply_half2(uint32_t a, uint32_t b) {
  const auto half = [](uint32_t both, int which) { return f16_to_f32(static_cast<uint16_t>(both >> (16 * which))); };
  return pack_half(half(a, 0) * half(b, 0), half(a, 1) * half(b, 1));
}

uint32_t permute(uint32_t low, uint32_t high, uint32_t selector) {
  const uint64_t bytes = uint64_t{high} << 32 | low;
  uint32_t result = 0;
  for (int i = 0; i < 4; ++i) {
    result |= static_cast<uint32_t>(bytes >> (8 * (selector >> (4 * i) & 7u)) & 0xFFu) << (8 * i);
  }
  return result;
}

void ldmatrix_x4(uint32_t (&registers)[4], const void *row, Where where) {
  load_matrices(registers, row, 4, false, where);
}

void ldmatrix_x4_transposed(uint32_t (&registers)[4], const void *row, Where where) {
  load_matrices(registers, row, 4, true, where);
}

void mma_half(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2], Where where) {
  multiply(c, a, b, f16_to_f32, where);
}

}  // namespace ebb::isa
