// The emulator's queues: with its waits a program has one result in all orders, without them several are seen.
#include <set>

#include "check.h"
#include "simt/streams.h"

using namespace ebb;
using namespace ebb::test;

namespace {

// One stream makes a number in two steps, another takes it when it is told to.
std::set<int> results(bool waits) {
  std::set<int> seen;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    simt::Streams &streams = simt::Streams::get();
    streams.run_at_random(seed);
    const cuda::OwnStream maker, taker;
    const cuda::OwnEvent made;
    int number = 0, taken = -1;
    streams.give(maker.get(), [&] { number = 1; });
    streams.give(maker.get(), [&] { number = 2; });
    cuda::record(made.get(), maker.get());
    if (waits) cuda::wait_for(made.get(), taker.get());
    streams.give(taker.get(), [&] { taken = number; });
    streams.finish(taker.get());
    seen.insert(taken);
    streams.finish(maker.get());
    streams.run_at_once();
  }
  return seen;
}

}  // namespace

TEST(simt_streams_show_a_wait_that_is_missing) {
  CHECK(results(true) == std::set<int>{2});
  CHECK(results(false) == (std::set<int>{0, 1, 2}));
}

TEST(simt_streams_do_not_finish_what_nobody_waits_for) {
  bool undone = false;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    simt::Streams &streams = simt::Streams::get();
    streams.run_at_random(seed);
    const cuda::OwnStream one, other;
    bool done = false;
    streams.give(other.get(), [&] { done = true; });
    streams.finish(one.get());
    undone |= !done;
    streams.finish(other.get());
    CHECK(done);
    streams.run_at_once();
  }
  CHECK(undone);
}

// A wait is for what the event marked when the wait was given, and a mark that never was holds nobody up.
TEST(simt_streams_wait_for_the_last_mark) {
  simt::Streams &streams = simt::Streams::get();
  streams.run_at_random(3);
  const cuda::OwnStream one, other;
  const cuda::OwnEvent event;
  int number = 0;
  cuda::wait_for(event.get(), other.get());
  streams.finish(other.get());
  cuda::record(event.get(), one.get());
  streams.give(one.get(), [&] { number = 1; });
  cuda::record(event.get(), one.get());
  cuda::wait_for(event.get(), other.get());
  streams.finish(other.get());
  CHECK_EQUAL(number, 1);
  streams.run_at_once();
}

TEST(simt_streams_lose_the_device_when_told) {
  simt::Streams &streams = simt::Streams::get();
  const cuda::OwnStream stream;
  streams.lose_device_after(1);
  int done = 0;
  streams.give(stream.get(), [&] { ++done; });
  CHECK_ERROR(EBB_DEVICE_LOST, "the device is lost", streams.give(stream.get(), [&] { ++done; }));
  CHECK_ERROR(EBB_DEVICE_LOST, "the device is lost", streams.finish(stream.get()));
  streams.restore_device();
  streams.finish(stream.get());
  CHECK_EQUAL(done, 1);
}
