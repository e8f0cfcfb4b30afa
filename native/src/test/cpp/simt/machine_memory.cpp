// Every access to memory by a running kernel.
#include <dlfcn.h>

#include <cstring>

#include "simt/machine.h"

namespace simt {

Actor Machine::actor_of(const Thread &thread) const {
  const Warp &warp = *warps_[static_cast<size_t>(thread.warp)];
  return {era_, launch_first_era_, thread.id, warp.clock, warp.bulk, warp.known,
          const_cast<ReadSets *>(&readers_)};
}

void Machine::report(Fault fault, const Thread &thread, const void *address, size_t bytes, bool write,
                     const void *pc, const std::string &extra) {
  Dl_info info{};
  const bool found = dladdr(pc, &info) != 0;
  char offset[32];
  std::snprintf(offset, sizeof(offset), "0x%zx",
                found ? static_cast<size_t>(static_cast<const char *>(pc) -
                                            static_cast<const char *>(info.dli_fbase))
                      : size_t{0});
  const std::string place = shared_.holds(address)   ? shared_.place(address)
                            : global.holds(address) ? global.place(address)
                                                    : "an address of no memory";
  findings.add(fault, std::string(shape_.kernel) + ": " + thread_name(thread) + " " +
                          (write ? "writes " : "reads ") + std::to_string(bytes) + " bytes at " + place +
                          extra + " (code " + offset + ")");
}

bool Machine::judge(const Thread &thread, const void *address, size_t bytes, bool write, bool atomic,
                    bool is_shared, const void *pc) {
  Actor actor = actor_of(thread);
  if (is_shared) actor.launch_first = era_;  // what other CTAs did to this memory is no concern of this one
  Cell *cells = is_shared ? shared_.cells(address) : global.cells(address);
  for (size_t i = 0; i < bytes; ++i) {
    const uint32_t other = cells[i].write.thread();
    const Verdict verdict =
        write ? judge_write(cells[i], actor, atomic) : judge_read(cells[i], actor, is_shared);
    if (verdict == Verdict::kFine) continue;
    const bool race = verdict == Verdict::kRaceWithWrite || verdict == Verdict::kRaceWithRead;
    const Fault fault = race                                 ? Fault::kRace
                        : verdict == Verdict::kUninitialised ? Fault::kUninitialised
                                                             : Fault::kInFlight;
    const char *what = verdict == Verdict::kRaceWithWrite  ? ", last written by thread "
                       : verdict == Verdict::kRaceWithRead ? ", read by another thread; last written by thread "
                                                           : ", thread ";
    report(fault, thread, address, bytes, write, pc,
           verdict == Verdict::kUninitialised ? "" : what + std::to_string(other));
    return false;
  }
  return true;
}

void Machine::access_as(Thread &thread, const void *address, size_t bytes, bool write, bool atomic,
                        const void *pc) {
  const bool is_shared = shared_.holds(address);
  if (!is_shared && !global.holds(address)) {
    if (reinterpret_cast<uintptr_t>(address) < 65536) {
      report(Fault::kOutOfBounds, thread, address, bytes, write, pc, "");
      diverged("a null address is followed");
      stop_here();
    }
    return;  // the thread's own variables and the program's constants
  }
  if (options.check) {
    if (is_shared ? !shared_.inside(address, bytes) : !global.inside(address, bytes)) {
      report(Fault::kOutOfBounds, thread, address, bytes, write, pc, "");
      return;
    }
    if (bytes <= 16 && (bytes & (bytes - 1)) == 0 && reinterpret_cast<uintptr_t>(address) % bytes != 0) {
      report(Fault::kMisaligned, thread, address, bytes, write, pc, "");
    }
    judge(thread, address, bytes, write, atomic, is_shared, pc);
    if (!is_shared) {
      uint8_t *written = global.written(address);
      if (write) {
        std::memset(written, 1, bytes);
      } else if (std::memchr(written, 0, bytes) != nullptr) {
        report(Fault::kUninitialised, thread, address, bytes, write, pc, "");
      }
    }
  }
  if (options.count && bytes <= 16) {
    const uint64_t place = is_shared ? shared_.bank_offset(address) : reinterpret_cast<uint64_t>(address);
    warps_[static_cast<size_t>(thread.warp)]->log.note(
        thread.lane, {pc, place, static_cast<uint8_t>(bytes), is_shared, write});
  }
}

void Machine::read_row(int lane, const void *row, Where where) {
  Thread &thread = *threads_[static_cast<size_t>(current_->warp * kWarpSize + lane)];
  if (!options.check) return;
  if (!shared_.holds(row) || !shared_.inside(row, 16)) {
    report(Fault::kOutOfBounds, thread, row, 16, false, nullptr, " by ldmatrix, line " + std::to_string(where.line));
    return;
  }
  if (reinterpret_cast<uintptr_t>(row) % 16 != 0) {
    report(Fault::kMisaligned, thread, row, 16, false, nullptr, " by ldmatrix, line " + std::to_string(where.line));
  }
  judge(thread, row, 16, false, false, true, nullptr);
}

// --- asynchronous copies ---

namespace {

void land(void *to, const void *from, size_t bytes) {
  std::memset(to, 0, 16);
  std::memcpy(to, from, bytes);
}

}  // namespace

// When an asynchronous instruction takes effect: at once, or as late as may be.
bool Machine::lands_early() {
  return options.schedule == Schedule::kReverse || (options.schedule == Schedule::kRandom && random_() % 2 == 0);
}

void Machine::copy_async(void *to, const void *from, size_t bytes, const void *pc) {
  Thread &thread = *current_;
  if (options.count) ++counters.cp_async;
  if (bytes > 0) access_as(thread, from, bytes, false, false, pc);
  if (reinterpret_cast<uintptr_t>(from) % 16 != 0) report(Fault::kMisaligned, thread, from, 16, false, pc, "");
  if (!shared_.holds(to) || !shared_.inside(to, 16) || (bytes > 0 && !global.inside(from, bytes))) {
    if (!shared_.holds(to) || !shared_.inside(to, 16)) {
      report(Fault::kOutOfBounds, thread, to, 16, true, pc, " by cp.async");
    }
    return;
  }
  if (reinterpret_cast<uintptr_t>(to) % 16 != 0) report(Fault::kMisaligned, thread, to, 16, true, pc, "");
  if (options.check && judge(thread, to, 16, true, false, true, pc)) {
    Cell *cells = shared_.cells(to);
    const Actor actor = actor_of(thread);
    for (int i = 0; i < 16; ++i) {
      cells[i].write = {actor.era, actor.thread, Stamp::kInFlight, actor.clock};
    }
  }
  if (options.count) {
    warps_[static_cast<size_t>(thread.warp)]->log.note(
        thread.lane, {static_cast<const char *>(pc) + 1, shared_.bank_offset(to), 16, true, true});
  }
  const bool early = lands_early();
  if (early) {
    ::simt::land(to, from, bytes);
  } else {
    std::memset(to, 0xFF, 16);
  }
  thread.open.push_back({to, from, bytes, early});
}

void Machine::copy_commit() {
  current_->groups.push_back(std::move(current_->open));
  current_->open.clear();
}

void Machine::copy_wait(size_t groups_left) {
  auto &groups = current_->groups;
  while (groups.size() > groups_left) {
    complete(*current_, groups.front());
    groups.erase(groups.begin());
  }
}

void Machine::complete(Thread &thread, const std::vector<Copy> &copies) {
  const Actor actor = actor_of(thread);
  for (const Copy &copy : copies) {
    if (!copy.landed) ::simt::land(copy.to, copy.from, copy.bytes);
    if (!options.check) continue;
    Cell *cells = shared_.cells(copy.to);
    for (int i = 0; i < 16; ++i) cells[i].write = {actor.era, actor.thread, 0, actor.clock};
  }
}

}  // namespace simt
