// Barriers that complete in phases, and the bulk copies that end at them.
#ifndef EBB_SIMT_BULK_H
#define EBB_SIMT_BULK_H

#include <cstdint>
#include <string>
#include <vector>

#include "simt/shadow.h"

namespace simt {

constexpr int kBoxRowBytes = 128;  // a row of a box in shared memory

// What the emulator keeps in a TensorMap: rows of 16-bit elements, copied in boxes of 64 columns.
struct TensorView {
  const uint8_t *base;
  int64_t rows;
  int32_t columns;
  int32_t box_rows;
};

struct PhaseBarrier;

struct BulkCopy {
  uint8_t *to;
  TensorView view;
  int32_t column;
  int32_t row;
  PhaseBarrier *barrier;
  uint32_t thread;  // that issued it
  int bytes() const { return view.box_rows * kBoxRowBytes; }
};

// An mbarrier: a phase is complete when all arrived and all expected bytes came.
struct PhaseBarrier {
  uint32_t arrivals = 0;
  uint32_t pending = 0;      // arrivals that the running phase still waits for
  int64_t bytes = 0;         // and bytes
  uint32_t phase = 0;        // phases completed
  uint32_t waited = 0;       // as of the last wait that passed
  uint32_t copied = 0;       // the last one completed that had copies
  uint32_t maker = 0;        // thread
  bool published = false;
  std::vector<BulkCopy> copies;       // of the running phase
  uint32_t released[kWarpsMax] = {};  // what those knew who arrived
  uint32_t released_bulk = 0;
  uint32_t acquired[kWarpsMax] = {};  // the same as of the last completed phase
  uint32_t acquired_bulk = 0;
};

// What it still waits for.
std::string text_of(const PhaseBarrier &barrier);

}  // namespace simt

#endif  // EBB_SIMT_BULK_H
