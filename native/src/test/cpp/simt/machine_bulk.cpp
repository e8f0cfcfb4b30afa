// Barriers in shared memory and bulk copies.
//
// A copy writes its target when the schedule lets it land. Its bytes stay "in flight" until its phase
// completes; then they carry the clock of bulk copies, which a warp learns by waiting for the phase.
#include <algorithm>
#include <cstring>

#include "simt/machine.h"

namespace simt {

std::string text_of(const PhaseBarrier &barrier) {
  return "a wait for a phase that lacks " + std::to_string(barrier.pending) + " arrivals and " +
         std::to_string(barrier.bytes) + " bytes";
}

void Machine::barrier_init(void *barrier, uint32_t arrivals, const void *pc) {
  access(barrier, 8, true, false, pc);
  if (!shared_.holds(barrier) || !shared_.inside(barrier, 8)) {
    diverged("a barrier outside shared memory");
    stop_here();
  }
  PhaseBarrier made;
  made.arrivals = made.pending = arrivals;
  made.maker = current_->id;
  barriers_[barrier] = made;
}

void Machine::barrier_publish() {
  for (auto &[address, barrier] : barriers_) {
    if (barrier.maker == current_->id) barrier.published = true;
  }
}

// Its bytes are read by all who use it, so that a use before or beside its making is seen.
PhaseBarrier &Machine::barrier_at(void *barrier, const void *pc) {
  access(barrier, 8, false, false, pc);
  const auto found = barriers_.find(barrier);
  if (found == barriers_.end()) {
    diverged(thread_name(*current_) + " uses a barrier that nobody made");
    stop_here();
  }
  return found->second;
}

void Machine::barrier_expect(void *barrier, uint32_t bytes, const void *pc) {
  barrier_at(barrier, pc).bytes += bytes;
}

void Machine::barrier_arrive(void *barrier, const void *pc) {
  PhaseBarrier &b = barrier_at(barrier, pc);
  const Warp &warp = *warps_[static_cast<size_t>(current_->warp)];
  for (int w = 0; w < warp_count_; ++w) b.released[w] = std::max(b.released[w], warp.known[w]);
  b.released_bulk = std::max(b.released_bulk, warp.bulk);
  ++counters.arrival;
  if (b.pending == 0) {
    diverged(thread_name(*current_) + " arrives at a barrier where all have: it lacks " + std::to_string(b.bytes) +
             " bytes");
    stop_here();
  }
  --b.pending;
  complete_phase(b);
}

void Machine::complete_phase(PhaseBarrier &b) {
  if (b.pending > 0 || b.bytes != 0) return;
  std::copy(std::begin(b.released), std::end(b.released), std::begin(b.acquired));
  b.acquired_bulk = b.released_bulk;
  ++b.phase;
  b.pending = b.arrivals;
  if (!b.copies.empty()) {
    b.acquired_bulk = std::max(b.acquired_bulk, ++bulk_clock_);
    b.copied = b.phase;
    for (const BulkCopy &copy : b.copies) {
      Cell *cells = shared_.cells(copy.to);
      for (int i = 0; i < copy.bytes(); ++i) cells[i].write = {era_, copy.thread, Stamp::kBulk, bulk_clock_ - 1};
    }
    b.copies.clear();
  }
  for (uint32_t i = 0; i < thread_count_; ++i) {
    Thread &thread = *threads_[i];
    if (thread.state == State::kInPhase && thread.waits_for == &b) wake(thread);
  }
}

void Machine::barrier_wait(void *barrier, uint32_t parity, Where where, const void *pc) {
  meet(Meeting::kBarrierWait, where, nullptr, [](Machine &machine, void *const *) { ++machine.counters.phase_wait; });
  PhaseBarrier &b = barrier_at(barrier, pc);
  Thread &thread = *current_;
  Warp &warp = *warps_[static_cast<size_t>(thread.warp)];
  if ((b.phase & 1) == parity) {
    thread.state = State::kInPhase;
    thread.waits_for = &b;
    --warp.ready;
    thread.fiber.suspend();
  }
  b.waited = std::max(b.waited, b.phase);
  for (int w = 0; w < warp_count_; ++w) warp.known[w] = std::max(warp.known[w], b.acquired[w]);
  warp.bulk = std::max(warp.bulk, b.acquired_bulk);
}

bool Machine::accept_copy(const void *to, const TensorView &view, const PhaseBarrier &barrier, const void *pc) {
  const auto bytes = static_cast<size_t>(view.box_rows) * kBoxRowBytes;
  if (!shared_.holds(to) || !shared_.inside(to, bytes)) {
    report(Fault::kOutOfBounds, *current_, to, bytes, true, pc, " by a bulk copy");
    return false;
  }
  if (shared_.bank_offset(to) % 1024 != 0) {
    report(Fault::kMisaligned, *current_, to, bytes, true, pc, " by a bulk copy, whose rows repeat every 1024 bytes");
  }
  if (!barrier.published) {
    report(Fault::kFence, *current_, to, bytes, true, pc, " by a bulk copy to a barrier that was not published");
  }
  return true;
}

// The part of a box that lies in the tensor is read row by row.
void Machine::read_box(const TensorView &view, int32_t column, int32_t row, const void *pc) {
  const int32_t columns = std::min<int32_t>(kBoxRowBytes / 2, view.columns - column);
  if (columns <= 0) return;
  Traffic traffic{1, 0, 0, 0};
  for (int32_t r = std::max(row, 0); r < row + view.box_rows && r < view.rows; ++r) {
    const uint8_t *from = view.base + (static_cast<int64_t>(r) * view.columns + column) * 2;
    const auto bytes = static_cast<size_t>(columns) * 2;
    access_as(*current_, from, bytes, false, false, pc);
    const auto address = reinterpret_cast<uint64_t>(from);
    traffic.units += (address + bytes - 1) / 32 - address / 32 + 1;
    traffic.ideal += (bytes + 31) / 32;
    traffic.bytes += bytes;
  }
  counters.bulk_bytes += traffic.bytes;
  if (options.count) counters.add_global(pc, false, traffic);
}

void Machine::copy_tensor(void *to, const TensorView &view, int32_t column, int32_t row, void *barrier,
                          const void *pc) {
  PhaseBarrier &b = barrier_at(barrier, pc);
  ++counters.bulk_copies;
  read_box(view, column, row, pc);
  if (!accept_copy(to, view, b, pc)) return;
  const BulkCopy copy{static_cast<uint8_t *>(to), view, column, row, &b, current_->id};
  if (options.check && judge(*current_, to, static_cast<size_t>(copy.bytes()), true, false, true, pc)) {
    const Actor actor = actor_of(*current_);
    Cell *cells = shared_.cells(to);
    for (int i = 0; i < copy.bytes(); ++i) cells[i].write = {actor.era, actor.thread, Stamp::kInFlight, actor.clock};
  }
  b.copies.push_back(copy);
  if (lands_early()) {
    land(copy);
  } else {
    std::memset(to, 0xFF, static_cast<size_t>(copy.bytes()));
    landing_.push_back(copy);
  }
}

// Rows of 128 bytes, their chunks of 16 exchanged by bits 7 to 9 of the address.
void Machine::land(const BulkCopy &copy) {
  const TensorView &view = copy.view;
  for (int r = 0; r < view.box_rows; ++r) {
    for (int chunk = 0; chunk < 8; ++chunk) {
      const uint32_t offset = shared_.bank_offset(copy.to + r * kBoxRowBytes);
      uint8_t *to = copy.to + r * kBoxRowBytes + (chunk ^ static_cast<int>(offset >> 7 & 7u)) * 16;
      const int64_t row = int64_t{copy.row} + r;
      const int32_t column = copy.column + chunk * 8;
      std::memset(to, 0, 16);
      if (row < 0 || row >= view.rows || column >= view.columns) continue;
      const int32_t columns = std::min<int32_t>(8, view.columns - column);
      std::memcpy(to, view.base + (row * view.columns + column) * 2, static_cast<size_t>(columns) * 2);
    }
  }
  copy.barrier->bytes -= copy.bytes();
  complete_phase(*copy.barrier);
}

bool Machine::land_one() {
  if (landing_.empty()) return false;
  const size_t which = options.schedule == Schedule::kRandom ? random_() % landing_.size() : 0;
  const BulkCopy copy = landing_[which];
  landing_.erase(landing_.begin() + static_cast<std::ptrdiff_t>(which));
  land(copy);
  return true;
}

void Machine::fence_async() {
  Warp &warp = *warps_[static_cast<size_t>(current_->warp)];
  // The clock rises so that later writes are told from earlier ones; others learn nothing by it.
  if (++warp.clock >= Stamp::kClockMax) diverged("more barriers than the emulator can count");
  warp.fenced = warp.clock;
}

// A CTA may not end while something writes its shared memory or registers.
void Machine::check_nothing_in_flight() {
  for (const auto &[address, barrier] : barriers_) {
    if (barrier.copies.empty() && barrier.copied <= barrier.waited) continue;
    findings.add(Fault::kInFlight, std::string(shape_.kernel) + ": a CTA ends and nobody waited for bulk copies to " +
                                       shared_.place(address));
  }
  for (const WarpGroup &group : groups_) {
    if (group.open.empty() && group.committed.empty()) continue;
    findings.add(Fault::kInFlight,
                 std::string(shape_.kernel) + ": a CTA ends and its warpgroup did not wait for wgmma");
  }
}

}  // namespace simt
