// The emulated device's queues: what is given to one runs in order, what is given to several runs in any order that
// their events allow. A program that forgets a wait gives other results, or reads what is not there yet, in some order.
#ifndef EBB_SIMT_STREAMS_H
#define EBB_SIMT_STREAMS_H

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>

#include "cuda/device.h"
#include "simt/machine.h"

namespace simt {

class Streams {
 public:
  static Streams &get();

  using Work = std::function<void()>;
  ebb::cuda::Stream create();
  void destroy(ebb::cuda::Stream stream) noexcept;
  ebb::cuda::Event create_event();
  void destroy_event(ebb::cuda::Event event) noexcept;

  // The stream nullptr runs it at once.
  void give(ebb::cuda::Stream stream, Work work);
  // The same for a part of what a call to the device gives; it is no call of its own.
  void put_work(ebb::cuda::Stream stream, Work work);
  void record(ebb::cuda::Event event, ebb::cuda::Stream stream);
  void wait_for(ebb::cuda::Event event, ebb::cuda::Stream stream);
  void finish(ebb::cuda::Stream stream);
  void finish_all();

  // At once and in order from now on; or, with a seed, some of it later and in an order of that seed. With an odd one
  // nothing runs before somebody waits for it.
  void run_at_once() { random_.reset(); }
  void run_at_random(uint64_t seed) {
    random_ = std::make_unique<std::mt19937_64>(seed);
    lazy_ = seed % 2 == 1;
  }

  // The device is lost after so many calls more, as by an error that no call can mend: all further ones fail.
  // EBB_SIMT_LOSE_AFTER says the same of a whole process.
  void lose_device_after(uint64_t calls) { calls_left_ = calls; }
  void restore_device();
  // What every call to the device begins with; throws Error(EBB_DEVICE_LOST).
  void ask();

  // Memory of the host that copies may use directly; refused where `pins` says so.
  bool pins = true;
  std::map<void *, size_t> pinned;
  bool pin(void *address, size_t bytes, std::string &why);

  // Bytes that copies have carried, to the device and from it.
  uint64_t uploaded = 0;
  uint64_t downloaded = 0;

 private:
  static constexpr uint64_t kNever = UINT64_MAX;
  Streams();

  // Whether what an event marked is done; of one mark each.
  using Mark = std::shared_ptr<bool>;
  struct Item {
    Work work;
    Mark waits_for;  // or nullptr
  };
  using Queue = std::deque<Item>;

  void drain(Queue &queue);
  void put(ebb::cuda::Stream stream, Item item);
  // Runs the first item where nothing holds it up.
  bool advance(Queue &queue);
  void run_some();
  bool advance_any();

  std::map<ebb::cuda::Stream, Queue> queues_;
  std::map<ebb::cuda::Event, Mark> events_;
  uint64_t names_ = 0;
  uint64_t calls_left_ = kNever;
  std::unique_ptr<std::mt19937_64> random_;
  bool lazy_ = false;
};

}  // namespace simt

#endif  // EBB_SIMT_STREAMS_H
