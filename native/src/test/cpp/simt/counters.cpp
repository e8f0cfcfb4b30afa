#include "simt/counters.h"

#include <algorithm>
#include <array>
#include <map>
#include <sstream>

namespace simt {
namespace {

// Bytes that the accesses cover, the same ones once. Accesses of a group have one size.
uint64_t distinct_bytes(std::vector<uint64_t> addresses, uint64_t bytes) {
  std::sort(addresses.begin(), addresses.end());
  uint64_t covered = 0;
  uint64_t end = 0;
  for (const uint64_t address : addresses) {
    const uint64_t from = std::max(address, end);
    if (address + bytes > from) covered += address + bytes - from;
    end = std::max(end, address + bytes);
  }
  return covered;
}

std::vector<uint64_t> addresses_of(const std::vector<const Access *> &group) {
  std::vector<uint64_t> addresses;
  for (const Access *access : group) addresses.push_back(access->address);
  return addresses;
}

Traffic sectors_of(const std::vector<const Access *> &group) {
  constexpr uint64_t kSector = 32;
  std::vector<uint64_t> sectors;
  for (const Access *access : group) {
    for (uint64_t s = access->address / kSector; s * kSector < access->address + access->bytes; ++s) {
      sectors.push_back(s);
    }
  }
  std::sort(sectors.begin(), sectors.end());
  const auto units = std::unique(sectors.begin(), sectors.end()) - sectors.begin();
  const uint64_t bytes = distinct_bytes(addresses_of(group), group.front()->bytes);
  return {1, static_cast<uint64_t>(units), (bytes + kSector - 1) / kSector, bytes};
}

// Wavefronts of some lanes that are served together: the most distinct words in one bank.
uint64_t bank_conflicts(const Access *const *lanes, size_t count) {
  std::array<std::vector<uint64_t>, 32> banks;
  uint64_t most = 1;
  for (size_t i = 0; i < count; ++i) {
    const uint64_t last = (lanes[i]->address + lanes[i]->bytes - 1) / 4;
    for (uint64_t word = lanes[i]->address / 4; word <= last; ++word) {
      auto &bank = banks[word % 32];
      if (std::find(bank.begin(), bank.end(), word) == bank.end()) bank.push_back(word);
      most = std::max<uint64_t>(most, bank.size());
    }
  }
  return most;
}

}  // namespace

void count_wavefronts(const std::vector<const Access *> &group, Traffic &traffic) {
  // 8-byte accesses go by half warps, 16-byte ones by quarters.
  const size_t together = 128 / std::max<size_t>(4, group.front()->bytes);
  for (size_t i = 0; i < group.size(); i += together) {
    traffic.units += bank_conflicts(group.data() + i, std::min(together, group.size() - i));
    ++traffic.ideal;
  }
  traffic.bytes += distinct_bytes(addresses_of(group), group.front()->bytes);
  ++traffic.instructions;
}

void WarpLog::settle_group(const std::vector<const Access *> &group, Counters &counters) const {
  const Access &first = *group.front();
  if (first.shared) {
    count_wavefronts(group, first.write ? counters.shared_write : counters.shared_read);
  } else {
    counters.add_global(first.pc, first.write, sectors_of(group));
  }
}

// Whether all lanes did the same in the same turn, as they do but for divergent ends.
bool WarpLog::aligned() const {
  for (const auto &lane : lanes_) {
    if (lane.size() != lanes_[0].size()) return false;
    for (size_t i = 0; i < lane.size(); ++i) {
      if (lane[i].pc != lanes_[0][i].pc) return false;
    }
  }
  return true;
}

void WarpLog::settle(Counters &counters) {
  if (aligned()) {
    std::vector<const Access *> group(kWarpSize);
    for (size_t i = 0; i < lanes_[0].size(); ++i) {
      for (size_t lane = 0; lane < kWarpSize; ++lane) group[lane] = &lanes_[lane][i];
      settle_group(group, counters);
    }
  } else {
    // The k-th access from one place is one instruction of the lanes that made it.
    std::map<std::pair<const void *, size_t>, std::vector<const Access *>> groups;
    for (const auto &lane : lanes_) {
      std::map<const void *, size_t> turn;
      for (const Access &access : lane) groups[{access.pc, turn[access.pc]++}].push_back(&access);
    }
    for (const auto &[place, group] : groups) settle_group(group, counters);
  }
  clear();
}

void WarpLog::clear() {
  for (auto &lane : lanes_) lane.clear();
}

void Traffic::add(const Traffic &other) {
  instructions += other.instructions;
  units += other.units;
  ideal += other.ideal;
  bytes += other.bytes;
}

void Counters::add_global(const void *place, bool write, const Traffic &traffic) {
  (write ? global_write : global_read).add(traffic);
  global_sites[place].add(traffic);
}

double Counters::worst_site(double share) const {
  const auto all = static_cast<double>(global_read.bytes + global_write.bytes);
  double worst = 1;
  for (const auto &[place, traffic] : global_sites) {
    if (static_cast<double>(traffic.bytes) >= share * all) worst = std::max(worst, traffic.over_ideal());
  }
  return worst;
}

std::string Counters::text() const {
  std::ostringstream out;
  const auto line = [&](const char *name, const Traffic &t, const char *unit) {
    out << name << ": " << t.instructions << " instructions, " << t.units << " " << unit << " (ideal "
        << t.ideal << "), " << t.bytes << " bytes\n";
  };
  line("global read", global_read, "sectors");
  line("global write", global_write, "sectors");
  line("shared read", shared_read, "wavefronts");
  line("shared write", shared_write, "wavefronts");
  out << "mma " << mma << ", ldmatrix " << ldmatrix << ", cp.async " << cp_async << ", shuffle " << shuffle
      << ", vote " << vote << ", barriers " << warp_barrier << " of a warp, " << cta_barrier
      << " of a CTA, wgmma " << wgmma << ", bulk copies " << bulk_copies << " (" << bulk_bytes
      << " bytes), atomics " << atomic << ", shared memory " << shared_bytes_max << " bytes\n";
  return out.str();
}

}  // namespace simt
