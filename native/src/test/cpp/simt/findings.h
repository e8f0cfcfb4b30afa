// What the emulator found wrong.
#ifndef EBB_SIMT_FINDINGS_H
#define EBB_SIMT_FINDINGS_H

#include <cstdint>
#include <string>
#include <vector>

namespace simt {

enum class Fault {
  kRace,            // two threads touch the same bytes, one writes, nothing orders them
  kUninitialised,   // a read of bytes that nothing wrote
  kOutOfBounds,     // an address outside every allocation
  kMisaligned,      // an address that is no multiple of the access's size
  kInFlight,        // bytes or registers touched while an asynchronous copy or product is under way
  kFence,           // what plain instructions wrote is used by asynchronous ones with no fence between
  kDivergence,      // threads of a warp or a CTA wait for each other at different places
  kCapture,         // a call that a device refuses while a stream is captured
  kStale,           // a graph points at memory that was released
  kResource,        // more threads, shared memory or barriers than a device has
};

const char *fault_name(Fault fault);

struct Finding {
  Fault fault;
  std::string text;  // kernel, threads, address, source line where known
};

class Findings {
 public:
  void add(Fault fault, std::string text);
  void clear();
  bool empty() const { return total_ == 0; }
  uint64_t total() const { return total_; }
  bool has(Fault fault) const;
  // The first ones, one a line.
  std::string text() const;

 private:
  static constexpr size_t kKept = 3;  // of each fault
  std::vector<Finding> kept_;
  uint64_t total_ = 0;
};

}  // namespace simt

#endif  // EBB_SIMT_FINDINGS_H
