// What a kernel did to memory and which instructions it issued, counted a warp at a time.
#ifndef EBB_SIMT_COUNTERS_H
#define EBB_SIMT_COUNTERS_H

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "simt/shadow.h"

namespace simt {

// Accesses of one kind: an instruction of a warp moves `units`, where `ideal` would do.
// Global: sectors of 32 bytes. Shared: wavefronts of 128 bytes.
struct Traffic {
  uint64_t instructions = 0;
  uint64_t units = 0;
  uint64_t ideal = 0;
  uint64_t bytes = 0;  // what threads asked for, the same bytes once
  void add(const Traffic &other);
  double over_ideal() const { return ideal == 0 ? 1 : static_cast<double>(units) / static_cast<double>(ideal); }
};

struct Counters {
  Traffic global_read, global_write, shared_read, shared_write;
  uint64_t mma = 0;        // tensor-core instructions
  uint64_t ldmatrix = 0;
  uint64_t cp_async = 0;   // 16-byte copies, a thread each
  uint64_t wgmma = 0;      // products [64][16] * [16][64] of a warpgroup
  uint64_t bulk_copies = 0;
  uint64_t bulk_bytes = 0;  // of global memory
  uint64_t shuffle = 0;
  uint64_t vote = 0;
  uint64_t warp_barrier = 0;
  uint64_t cta_barrier = 0;  // a CTA each
  uint64_t arrival = 0;      // at barriers that complete in phases
  uint64_t phase_wait = 0;   // of a warp
  uint64_t atomic = 0;
  uint64_t shared_bytes_max = 0;
  void add_global(const void *place, bool write, const Traffic &traffic);
  // Accesses of global memory by their place in the program.
  std::map<const void *, Traffic> global_sites;
  // The greatest ratio to the ideal among places with at least `share` of all bytes.
  double worst_site(double share) const;
  std::string text() const;
};

// One thread's access, kept until its warp comes together.
struct Access {
  const void *pc;     // where in the program
  uint64_t address;   // global: the address; shared: the offset the banks see
  uint8_t bytes;
  bool shared;
  bool write;
};

// Accesses of the lanes of a warp since they last came together.
class WarpLog {
 public:
  void note(int lane, const Access &access) { lanes_[lane].push_back(access); }
  size_t size(int lane) const { return lanes_[lane].size(); }
  // Puts accesses of one place and turn together, adds them to the counters, and forgets them.
  void settle(Counters &counters);
  void clear();

 private:
  bool aligned() const;
  void settle_group(const std::vector<const Access *> &group, Counters &counters) const;

  std::vector<Access> lanes_[kWarpSize];
};

// Wavefronts of 128 bytes, and the fewest possible, of shared accesses of up to 32 lanes.
void count_wavefronts(const std::vector<const Access *> &group, Traffic &traffic);

}  // namespace simt

#endif  // EBB_SIMT_COUNTERS_H
