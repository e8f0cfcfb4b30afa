// The emulated device: runs the threads of a CTA as fibres, one CTA after the
// other, and judges and counts what they do. One OS thread owns it.
#ifndef EBB_SIMT_MACHINE_H
#define EBB_SIMT_MACHINE_H

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "simt/bulk.h"
#include "simt/counters.h"
#include "simt/fiber.h"
#include "simt/findings.h"
#include "simt/memory.h"
#include "simt/shadow.h"
#include "simt/warpgroup.h"

namespace simt {

struct Index3 {
  unsigned x = 1, y = 1, z = 1;
};

// In which order ready threads run. A kernel that is right gives the same bits in all.
enum class Schedule {
  kInOrder,   // warp 0 up to its barrier, then warp 1, ...; copies land at their wait
  kReverse,   // the last warp and lane first; copies land at once
  kRandom,    // by Options::seed: warps, lanes, CTAs, and when copies land
};

struct Options {
  Schedule schedule = Schedule::kInOrder;
  uint64_t seed = 1;
  // Both need hooks, so a build without them (under the sanitizers) has neither.
  bool check = true;  // races, bounds, uninitialised reads, copies in flight
  bool count = true;  // traffic and instructions
};

struct LaunchShape {
  Index3 grid;
  Index3 block;
  size_t dynamic_shared_bytes = 0;
  const char *kernel = "";
};

enum class Meeting { kShuffle, kVote, kWarpBarrier, kMma, kLdmatrix, kFence, kBarrierWait, kWgmma };
const char *meeting_name(Meeting meeting);

class Machine {
 public:
  static Machine &get();

  Options options;
  Findings findings;
  Counters counters;
  GlobalMemory global;
  size_t shared_bytes_max = kSharedBytesMax;  // that a CTA may ask for; smaller devices have less
  bool sm90 = false;  // whether the backend takes the device for one of sm_90a; EBB_SIMT_SM90=1 sets it

  // Runs a grid to its end, or to its first divergence.
  void launch(const LaunchShape &shape, const std::function<void()> &body);
  uint64_t launches() const { return launches_; }

  // Forgets findings and counts, and takes options: a test begins with it.
  void reset(const Options &chosen);

  // The rest is for code that runs in a kernel.
  bool running() const { return current_ != nullptr; }
  Index3 thread_index() const { return current_->index; }
  Index3 block_index() const { return block_; }
  const LaunchShape &shape() const { return shape_; }
  int lane() const { return current_->lane; }
  SharedMemory &shared() { return shared_; }

  // One access of the running thread.
  void access(const void *address, size_t bytes, bool write, bool atomic, const void *pc) {
    if (current_ != nullptr) access_as(*current_, address, bytes, write, atomic, pc);
  }

  void cta_barrier(Where where);
  // All 32 lanes come together; the last one to come runs finish(payloads of all lanes).
  void meet(Meeting meeting, Where where, void *payload, void (*finish)(Machine &, void *const *));
  // The same for the 128 lanes of a warpgroup.
  void meet_group(Where where, void *payload, void (*finish)(Machine &, WarpGroup &));
  void warp_clock_tick();

  // Reads a row of a matrix for ldmatrix, as `lane` of the running warp.
  void read_row(int lane, const void *row, Where where);

  // cp.async: 16 bytes; zeros where not valid.
  void copy_async(void *shared_to, const void *from, size_t bytes, const void *pc);
  void copy_commit();
  void copy_wait(size_t groups_left);

  // Barriers in shared memory and bulk copies that end at them (machine_bulk.cpp).
  void barrier_init(void *barrier, uint32_t arrivals, const void *pc);
  void barrier_publish();
  void barrier_expect(void *barrier, uint32_t bytes, const void *pc);
  void barrier_arrive(void *barrier, const void *pc);
  void barrier_wait(void *barrier, uint32_t parity, Where where, const void *pc);
  void copy_tensor(void *to, const TensorView &view, int32_t column, int32_t row, void *barrier, const void *pc);
  void fence_async();  // of the running warp

  // Products of a warpgroup, as all its lanes have come (machine_wgmma.cpp).
  void wgmma_issue(WarpGroup &group);
  void wgmma_wait(WarpGroup &group, size_t groups_left);

 private:
  enum class State { kReady, kInWarp, kInGroup, kInBarrier, kInPhase, kDone };
  struct Copy {
    void *to;
    const void *from;
    size_t bytes;  // of 16; the others become zeros
    bool landed;
  };
  struct Thread {
    Fiber fiber;
    Index3 index;
    uint32_t id;
    int warp;
    int lane;
    State state;
    std::vector<Copy> open;
    std::vector<std::vector<Copy>> groups;
    const PhaseBarrier *waits_for;
  };
  struct Warp {
    int arrived;
    int done;
    int ready;
    int at_barrier;
    Meeting meeting;
    Where where;
    void *payloads[kWarpSize];
    uint32_t clock;
    uint32_t known[kWarpsMax];
    uint32_t bulk;    // the clock of bulk copies that it knows
    uint32_t fenced;  // plain writes before this clock are seen by asynchronous instructions
    WarpLog log;
  };

  Machine();
  bool accept(const LaunchShape &shape);
  void run_cta(const std::function<void()> &body);
  void begin_cta();
  void run_warp_in_order(int warp);
  void run_warp_once(int warp);
  int pick_ready_warp();
  void resume(Thread &thread);
  static void thread_main(void *thread);
  void thread_done();
  void release_barrier();
  void wake(Thread &thread);
  void settle(Warp &warp);
  bool gather(Meeting meeting, Where where, void *payload);
  void complete(Thread &thread, const std::vector<Copy> &copies);
  bool lands_early();
  PhaseBarrier &barrier_at(void *barrier, const void *pc);
  bool accept_copy(const void *to, const TensorView &view, const PhaseBarrier &barrier, const void *pc);
  void read_box(const TensorView &view, int32_t column, int32_t row, const void *pc);
  bool land_one();
  void land(const BulkCopy &copy);
  void complete_phase(PhaseBarrier &barrier);
  void check_nothing_in_flight();
  void judge_operand(const WgmmaOp &op, bool fully);
  void judge_chunk(const Thread &thread, const void *chunk, bool fully);
  void finish_product(const WgmmaOp &op);
  [[noreturn]] void stop_here();
  void diverged(const std::string &text);
  void report_deadlock();
  Actor actor_of(const Thread &thread) const;
  void access_as(Thread &thread, const void *address, size_t bytes, bool write, bool atomic,
                 const void *pc);
  bool judge(const Thread &thread, const void *address, size_t bytes, bool write, bool atomic,
             bool is_shared, const void *pc);
  void report(Fault fault, const Thread &thread, const void *address, size_t bytes, bool write,
              const void *pc, const std::string &extra);
  std::string thread_name(const Thread &thread) const;

  LaunchShape shape_;
  Index3 block_;
  const std::function<void()> *body_ = nullptr;
  std::vector<std::unique_ptr<Thread>> threads_;
  std::vector<std::unique_ptr<Warp>> warps_;
  std::vector<WarpGroup> groups_;
  std::map<const void *, PhaseBarrier> barriers_;
  std::deque<BulkCopy> landing_;  // issued and not yet there
  uint32_t bulk_clock_ = 0;
  ReadSets readers_;
  SharedMemory shared_;
  Thread *current_ = nullptr;
  std::mt19937_64 random_;
  uint32_t thread_count_ = 0;
  int warp_count_ = 0;
  uint32_t era_ = 0;
  uint32_t launch_first_era_ = 0;
  uint32_t done_ = 0;
  uint32_t at_barrier_ = 0;
  Where barrier_where_{};
  bool aborted_ = false;
  uint64_t launches_ = 0;
};

}  // namespace simt

#endif  // EBB_SIMT_MACHINE_H
