// Products of a warpgroup that are under way.
#ifndef EBB_SIMT_WARPGROUP_H
#define EBB_SIMT_WARPGROUP_H

#include <array>
#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <vector>

#include "simt/shadow.h"

namespace simt {

// A place in a kernel's source.
struct Where {
  const char *file;
  int line;
  bool operator==(const Where &other) const;
};
std::string text_of(Where where);

constexpr int kGroupWarps = 4;
constexpr int kGroupLanes = kGroupWarps * kWarpSize;

// One lane's words of a product [64][16] * [16][64].
struct WgmmaLane {
  float *c;            // 32 sums
  const uint32_t *a;   // four registers, or NULL: `a_tile`
  uint64_t a_tile;     // descriptors
  uint64_t b_tile;
  bool add;
  bool b_by_rows;      // b lies [k][n], else [n][k]
};

// Sums that products write: true values here, NaN in the kernel's registers until all are waited for.
struct Sums {
  float *c[kGroupLanes];
  float value[kGroupLanes][32];
  int open;  // products under way
};

struct WgmmaOp {
  WgmmaLane lane;                  // what is the same for all lanes
  Sums *sums;
  const uint32_t *a[kGroupLanes];  // registers, and what was in them
  uint32_t a_values[kGroupLanes][4];
  int first_warp;
  bool early;                      // computed when issued
  Where where;
};

struct WarpGroup {
  int arrived = 0;  // warps
  int first_warp = 0;
  Where where{};
  void *payloads[kGroupLanes];
  bool fenced = false;
  bool late = false;  // a product under way is not computed yet
  std::list<Sums> sums;
  std::vector<WgmmaOp> open;
  std::deque<std::vector<WgmmaOp>> committed;
};

// The 16 bytes of shared memory (as an offset that the banks see) where row `row` of an operand has its
// elements 8 * chunk and on.
uint32_t operand_chunk(uint64_t descriptor, int row, int chunk);

}  // namespace simt

#endif  // EBB_SIMT_WARPGROUP_H
