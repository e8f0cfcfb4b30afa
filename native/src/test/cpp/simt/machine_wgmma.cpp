// Products of a warpgroup: operands by descriptors, sums that settle at the wait.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/dequantize.h"
#include "simt/machine.h"

namespace simt {
namespace {

constexpr uint32_t kPoison = 0xFFFFFFFFu;

struct Operands {
  float a[64][16];
  float b[16][64];
};

void halves_of(const std::byte *chunk, float (&values)[8]) {
  uint16_t bits[8];
  std::memcpy(bits, chunk, 16);
  for (int i = 0; i < 8; ++i) values[i] = ebb::f16_to_f32(bits[i]);
}

// A sum is rounded towards zero, as a device's is and mma_half's here is not: two instructions need not
// agree in their last bit, and a kernel that relies on it shall be seen.
float truncated(double sum) {
  const auto nearest = static_cast<float>(sum);
  return std::fabs(static_cast<double>(nearest)) > std::fabs(sum) ? std::nextafter(nearest, 0.0f) : nearest;
}

void multiply(const Operands &operands, bool add, Sums &sums) {
  for (int i = 0; i < 64; ++i) {
    double row[64] = {};
    for (int k = 0; k < 16; ++k) {
      const auto a = static_cast<double>(operands.a[i][k]);
      for (int j = 0; j < 64; ++j) row[j] += a * static_cast<double>(operands.b[k][j]);
    }
    for (int j = 0; j < 64; ++j) {
      const int lane = i / 16 * kWarpSize + i % 8 * 4 + j % 8 / 2;
      float &c = sums.value[lane][j / 8 * 4 + i % 16 / 8 * 2 + j % 2];
      c = truncated((add ? static_cast<double>(c) : 0.0) + row[j]);
    }
  }
}

bool is_poison(const float *c) {
  uint32_t bits[32];
  std::memcpy(bits, c, sizeof(bits));
  return std::all_of(std::begin(bits), std::end(bits), [](uint32_t b) { return b == kPoison; });
}

// The sums at `lanes`' registers: those under way, or new ones with what the registers hold.
Sums *sums_of(WarpGroup &group) {
  const auto c_of = [&](int i) { return static_cast<const WgmmaLane *>(group.payloads[i])->c; };
  for (Sums &sums : group.sums) {
    if (sums.c[0] == c_of(0)) return &sums;
  }
  Sums &sums = group.sums.emplace_back();
  sums.open = 0;
  for (int i = 0; i < kGroupLanes; ++i) {
    sums.c[i] = c_of(i);
    std::memcpy(sums.value[i], sums.c[i], sizeof(sums.value[i]));
    std::memset(sums.c[i], 0xFF, sizeof(sums.value[i]));
  }
  return &sums;
}

WgmmaOp op_of(WarpGroup &group) {
  WgmmaOp op{};
  op.lane = *static_cast<const WgmmaLane *>(group.payloads[0]);
  op.sums = sums_of(group);
  op.first_warp = group.first_warp;
  op.where = group.where;
  for (int i = 0; i < kGroupLanes; ++i) {
    op.a[i] = static_cast<const WgmmaLane *>(group.payloads[i])->a;
    if (op.a[i] != nullptr) std::memcpy(op.a_values[i], op.a[i], 16);
  }
  return op;
}

bool same_for_all(const WarpGroup &group) {
  const auto &first = *static_cast<const WgmmaLane *>(group.payloads[0]);
  return std::all_of(std::begin(group.payloads), std::end(group.payloads), [&](void *payload) {
    const auto &lane = *static_cast<const WgmmaLane *>(payload);
    return lane.a_tile == first.a_tile && lane.b_tile == first.b_tile && lane.add == first.add;
  });
}

// Rows of 16 elements are two chunks, those of 64 are eight.
template <typename Visit>
void for_each_chunk(uint64_t descriptor, bool by_rows, const Visit &visit) {
  const int chunks = by_rows ? 8 : 2;
  for (int row = 0; row < (by_rows ? 16 : 64); ++row) {
    for (int chunk = 0; chunk < chunks; ++chunk) visit(row, chunk, operand_chunk(descriptor, row, chunk));
  }
}

}  // namespace

// As the PTX manual has it for 128-byte swizzling. Rows of K: eight of them from stride to stride, the
// chunk within the row's 128 bytes. Rows of N (k runs over rows): eight from stride to stride too.
// Then bits 4 to 6 are exchanged by bits 7 to 9. One instruction's 64 columns are one row of 128
// bytes, so the leading offset does not count.
uint32_t operand_chunk(uint64_t descriptor, int row, int chunk) {
  const auto start = static_cast<uint32_t>(descriptor & 0x3FFFu) << 4;
  const auto stride = static_cast<uint32_t>(descriptor >> 32 & 0x3FFFu) << 4;
  const auto within = static_cast<uint32_t>(row % 8 * kBoxRowBytes + chunk * 16);
  const uint32_t linear = start + static_cast<uint32_t>(row / 8) * stride + within;
  return linear ^ (linear >> 7 & 7u) << 4;
}

void Machine::judge_chunk(const Thread &thread, const void *chunk, bool fully) {
  judge(thread, chunk, fully ? 16 : 1, false, false, true, nullptr);
  const Stamp write = shared_.cells(chunk)->write;
  if (write.era() != era_ || write.flags() & (Stamp::kBulk | Stamp::kInFlight)) return;
  if (warps_[write.thread() / kWarpSize]->fenced <= write.clock()) {
    report(Fault::kFence, thread, chunk, 16, false, nullptr, " by wgmma, written by thread " +
                                                                 std::to_string(write.thread()));
  }
}

// Every warp reads b, and its own 16 rows of a.
void Machine::judge_operand(const WgmmaOp &op, bool fully) {
  if (!options.check) return;
  for (int w = 0; w < kGroupWarps; ++w) {
    const Thread &thread = *threads_[static_cast<size_t>((op.first_warp + w) * kWarpSize)];
    const auto visit = [&](uint32_t offset) {
      const std::byte *chunk = shared_.at_bank_offset(offset);
      if (chunk == nullptr || !shared_.inside(chunk, 16)) {
        report(Fault::kOutOfBounds, thread, chunk, 16, false, nullptr,
               " by wgmma, line " + std::to_string(op.where.line));
      } else {
        judge_chunk(thread, chunk, fully && w == 0);
      }
    };
    for_each_chunk(op.lane.b_tile, op.lane.b_by_rows, [&](int, int, uint32_t offset) { visit(offset); });
    if (op.a[0] != nullptr) continue;
    for_each_chunk(op.lane.a_tile, false, [&](int row, int, uint32_t offset) {
      if (row / 16 == w) visit(offset);
    });
  }
}

void Machine::finish_product(const WgmmaOp &op) {
  Operands operands{};
  const auto load = [&](uint32_t offset, float (&values)[8]) {
    const std::byte *chunk = shared_.at_bank_offset(offset);
    if (chunk != nullptr) halves_of(chunk, values);
  };
  for_each_chunk(op.lane.b_tile, op.lane.b_by_rows, [&](int row, int chunk, uint32_t offset) {
    float values[8] = {};
    load(offset, values);
    for (int i = 0; i < 8; ++i) {
      (op.lane.b_by_rows ? operands.b[row][chunk * 8 + i] : operands.b[chunk * 8 + i][row]) = values[i];
    }
  });
  if (op.a[0] == nullptr) {
    for_each_chunk(op.lane.a_tile, false, [&](int row, int chunk, uint32_t offset) {
      float values[8] = {};
      load(offset, values);
      std::copy(std::begin(values), std::end(values), &operands.a[row][chunk * 8]);
    });
  } else {
    for (int i = 0; i < kGroupLanes; ++i) {
      for (int r = 0; r < 4; ++r) {
        float *a = &operands.a[i / kWarpSize * 16 + i % kWarpSize / 4 + r % 2 * 8][i % 4 * 2 + r / 2 * 8];
        a[0] = ebb::f16_to_f32(static_cast<uint16_t>(op.a_values[i][r]));
        a[1] = ebb::f16_to_f32(static_cast<uint16_t>(op.a_values[i][r] >> 16));
      }
    }
  }
  multiply(operands, op.lane.add, *op.sums);
}

void Machine::wgmma_issue(WarpGroup &group) {
  const std::string here = std::string(shape_.kernel) + ": a wgmma at line " + std::to_string(group.where.line);
  if (!same_for_all(group)) findings.add(Fault::kDivergence, here + " has other operands in other lanes");
  if (!group.fenced) findings.add(Fault::kFence, here + " without wgmma.fence since its registers were last free");
  ++counters.wgmma;
  WgmmaOp op = op_of(group);
  if ((op.lane.b_tile >> 62) != 1 || (op.a[0] == nullptr && (op.lane.a_tile >> 62) != 1)) {
    findings.add(Fault::kResource, here + ": the emulator knows 128-byte swizzling only");
  }
  ++op.sums->open;
  op.early = !group.late && lands_early();  // products take effect in order
  group.late = !op.early;
  judge_operand(op, true);
  if (op.early) finish_product(op);
  group.open.push_back(op);
}

void Machine::wgmma_wait(WarpGroup &group, size_t groups_left) {
  while (group.committed.size() > groups_left) {
    for (const WgmmaOp &op : group.committed.front()) {
      judge_operand(op, false);
      if (!op.early) finish_product(op);
      bool changed = false;
      for (int i = 0; i < kGroupLanes; ++i) {
        changed |= op.a[i] != nullptr && std::memcmp(op.a_values[i], op.a[i], 16) != 0;
        changed |= !is_poison(op.sums->c[i]);
      }
      if (changed) {
        findings.add(Fault::kInFlight, std::string(shape_.kernel) + ": registers of the wgmma at line " +
                                           std::to_string(op.where.line) + " change before it is waited for");
      }
      if (--op.sums->open > 0) continue;
      for (int i = 0; i < kGroupLanes; ++i) std::memcpy(op.sums->c[i], op.sums->value[i], sizeof(op.sums->value[i]));
      group.sums.remove_if([&](const Sums &sums) { return &sums == op.sums; });
    }
    group.committed.pop_front();
  }
  if (groups_left > 0) return;
  group.fenced = false;
  group.late = !group.open.empty() && group.late;
}

}  // namespace simt
