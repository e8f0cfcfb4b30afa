// Capture and replay on the emulated device: a graph does what its kernels do, every time, and each mistake that is
// made for a detector is seen.
#include <numeric>
#include <set>

#include "simt/capture.h"
#include "simt/check_run.h"
#include "simt/streams.h"
#include "simt/wrong_kernels/kept.h"

using namespace ebb;
using namespace ebb::test;
using simt::Buffer;
using simt::Fault;
using simt::Machine;
using simt::wrong::add_one;

namespace {

std::vector<int32_t> numbers() {
  std::vector<int32_t> values(64);
  std::iota(values.begin(), values.end(), 0);
  return values;
}

bool found(Fault fault) { return Machine::get().findings.has(fault); }

// What a step would be: two kernels, one behind the other.
struct Two {
  Buffer<int32_t> in{"in", numbers()}, between{"between", numbers()}, out{"out", numbers()};
  Buffer<int32_t> live{"live", std::vector<int32_t>{8}};

  void give(cuda::Stream stream, int32_t count, bool baked) const {
    add_one(in.data(), between.data(), count, baked ? nullptr : live.data(), stream);
    add_one(between.data(), out.data(), count, baked ? nullptr : live.data(), stream);
  }
  cuda::OwnGraph keep(cuda::Stream stream, int32_t count, bool baked) const {
    return cuda::captured(stream, [&] { give(stream, count, baked); });
  }
};

}  // namespace

TEST(simt_capture_keeps_kernels_and_runs_them_when_launched) {
  Machine::get().reset({});
  const cuda::OwnStream stream;
  const Two two;
  const uint64_t captured = simt::Captures::get().captured;
  const uint64_t launches = Machine::get().launches();
  const cuda::OwnGraph graph = two.keep(stream.get(), 64, true);
  CHECK_EQUAL(Machine::get().launches(), launches);
  CHECK(two.out.read() == numbers());
  for (int32_t round = 1; round <= 3; ++round) {
    std::vector<int32_t> expected = numbers();
    for (int32_t &n : expected) n = n * round;
    const_cast<Two &>(two).in.write(expected);
    cuda::graph_launch(graph.get(), stream.get());
    cuda::synchronize(stream.get());
    for (int32_t &n : expected) n += 2;
    CHECK(two.out.read() == expected);
  }
  CHECK_EQUAL(Machine::get().launches(), launches + 6);
  CHECK_EQUAL(simt::Captures::get().captured, captured + 1);
  CHECK(Machine::get().findings.empty());
}

// Equality shows it: the host's number stays what it was at the capture, the device's is what it is.
TEST(simt_capture_shows_a_size_of_the_host_that_changed) {
  Machine::get().reset({});
  for (const bool baked : {true, false}) {
    const cuda::OwnStream stream;
    Two kept, plain;
    const cuda::OwnGraph graph = kept.keep(stream.get(), 8, baked);
    for (const int32_t count : {8, 5}) {
      kept.live.write({count});
      plain.live.write({count});
      kept.out.write(numbers());
      plain.out.write(numbers());
      cuda::graph_launch(graph.get(), stream.get());
      plain.give(stream.get(), count, baked);
      cuda::synchronize(stream.get());
      CHECK_EQUAL(kept.out.read() == plain.out.read(), !baked || count == 8);
    }
  }
}

TEST(simt_capture_sees_calls_that_none_allows) {
  const Buffer<int32_t> data("data", numbers());
  std::vector<int32_t> host(64);
  const size_t bytes = 64 * sizeof(int32_t);
  const cuda::OwnStream stream;
  const cuda::OwnEvent before;
  cuda::record(before.get(), stream.get());
  const cuda::OwnGraph other = cuda::captured(stream.get(), [] {});
  const std::vector<std::pair<const char *, std::function<void()>>> calls = {
      {"device_allocate", [&] { cuda::device_allocate(16, "new"); }},
      {"synchronize", [&] { cuda::synchronize(stream.get()); }},
      {"a copy", [&] { cuda::upload(data.data(), host.data(), bytes, stream.get()); }},
      {"a copy", [&] { cuda::download(host.data(), data.data(), bytes, stream.get()); }},
      {"a wait for what is outside", [&] { cuda::wait_for(before.get(), stream.get()); }},
      {"capture_begin", [&] { cuda::capture_begin(stream.get()); }},
      {"graph_launch", [&] { cuda::graph_launch(other.get(), stream.get()); }},
  };
  for (const auto &[name, call] : calls) {
    Machine::get().reset({});
    CHECK_ERROR(EBB_INTERNAL, name, cuda::captured(stream.get(), call));
    CHECK(found(Fault::kCapture));
    // Who goes on all the same gets no graph, and the next capture is sound.
    cuda::capture_begin(stream.get());
    CHECK_ERROR(EBB_INTERNAL, name, call());
    CHECK_ERROR(EBB_INTERNAL, "the capture is void", cuda::capture_end(stream.get()));
    const cuda::OwnGraph sound = cuda::captured(stream.get(), [] {});
    CHECK(sound.get() != nullptr);
  }
  // Memory goes without a word, so only the finding and the void capture tell.
  Machine::get().reset({});
  void *memory = cuda::device_allocate(16, "old");
  CHECK_ERROR(EBB_INTERNAL, "the capture is void",
              cuda::captured(stream.get(), [&] { cuda::device_release(memory); }));
  CHECK(found(Fault::kCapture));
  CHECK_ERROR(EBB_INTERNAL, "does not capture", cuda::capture_end(stream.get()));
  CHECK_ERROR(EBB_INTERNAL, "default stream", cuda::capture_begin(nullptr));
  CHECK_ERROR(EBB_INTERNAL, "not there", cuda::graph_launch(nullptr, stream.get()));
}

TEST(simt_capture_allows_marks_of_its_own_and_other_streams) {
  Machine::get().reset({});
  const Two captured, beside;
  const cuda::OwnStream stream, other;
  const cuda::OwnEvent mark;
  const cuda::OwnGraph graph = cuda::captured(stream.get(), [&] {
    captured.give(stream.get(), 64, true);
    cuda::record(mark.get(), stream.get());
    cuda::wait_for(mark.get(), stream.get());
    beside.give(other.get(), 64, true);
  });
  cuda::synchronize(other.get());
  CHECK_EQUAL(beside.out.read()[63], 65);
  CHECK_EQUAL(captured.out.read()[63], 63);
  CHECK(Machine::get().findings.empty());
  CHECK_ERROR(EBB_INTERNAL, "last recorded in a capture", cuda::wait_for(mark.get(), other.get()));
  CHECK(found(Fault::kCapture));
  CHECK_ERROR(EBB_INTERNAL, "outside",
              cuda::captured(stream.get(), [&] { cuda::wait_for(mark.get(), stream.get()); }));
  Machine::get().reset({});
  cuda::record(mark.get(), stream.get());
  cuda::wait_for(mark.get(), other.get());
  CHECK(Machine::get().findings.empty());
}

// Also where new memory lies at the same place.
TEST(simt_capture_sees_a_graph_that_outlived_its_memory) {
  const cuda::OwnStream stream;
  const Buffer<int32_t> in("in", numbers()), live("live", std::vector<int32_t>{64});
  for (const bool right : {true, false}) {
    for (const bool again : {true, false}) {
      Machine::get().reset({});
      auto out = std::make_unique<Buffer<int32_t>>("out", 64);
      const int32_t *place = out->data();
      const cuda::OwnGraph graph =
          cuda::captured(stream.get(), [&] { add_one(in.data(), out->data(), 64, live.data(), stream.get()); });
      if (!right) {
        out.reset();
        if (again) out = std::make_unique<Buffer<int32_t>>("another", 64);
        if (again) CHECK(out->data() == place);
      }
      cuda::graph_launch(graph.get(), stream.get());
      CHECK_EQUAL(found(Fault::kStale), !right);
      if (right) cuda::synchronize(stream.get());
      if (!right) CHECK_ERROR(EBB_INTERNAL, "add_one_kernel has a pointer to memory", cuda::synchronize(stream.get()));
    }
  }
}

// A graph's kernels run in their order, and what another stream does comes at any moment unless it waits.
TEST(simt_capture_leaves_other_streams_their_freedom) {
  for (const bool waits : {true, false}) {
    std::set<int32_t> seen;
    for (uint64_t seed = 1; seed <= 40; ++seed) {
      Machine::get().reset({});
      simt::Streams &streams = simt::Streams::get();
      const cuda::OwnStream stream, other;
      const cuda::OwnEvent done;
      const Two two;
      const cuda::OwnGraph graph = two.keep(stream.get(), 64, true);
      streams.run_at_random(seed);
      cuda::graph_launch(graph.get(), stream.get());
      cuda::record(done.get(), stream.get());
      if (waits) cuda::wait_for(done.get(), other.get());
      int32_t taken = 0;
      streams.give(other.get(), [&] { taken = two.between.read()[0] * 100 + two.out.read()[0]; });
      streams.finish(other.get());
      streams.finish(stream.get());
      streams.run_at_once();
      seen.insert(taken);
    }
    CHECK(seen == (waits ? std::set<int32_t>{102} : std::set<int32_t>{0, 100, 102}));
  }
}

TEST(simt_capture_loses_the_device_when_told) {
  Machine::get().reset({});
  const cuda::OwnStream stream;
  const Two two;
  const cuda::OwnGraph graph = two.keep(stream.get(), 64, true);
  simt::Streams &streams = simt::Streams::get();
  for (const uint64_t calls : {0, 1, 2, 3}) {  // begin, two kernels, end
    streams.lose_device_after(calls);
    CHECK_ERROR(EBB_DEVICE_LOST, "the device is lost", two.keep(stream.get(), 64, true));
    CHECK_ERROR(EBB_DEVICE_LOST, "the device is lost", cuda::graph_launch(graph.get(), stream.get()));
    streams.restore_device();
  }
  const cuda::OwnGraph sound = two.keep(stream.get(), 64, true);
  cuda::graph_launch(sound.get(), stream.get());
  cuda::synchronize(stream.get());
  CHECK_EQUAL(two.out.read()[0], 2);
}

// The stream is free afterwards, whichever call it was, and what it is given runs.
TEST(simt_capture_makes_no_graph_when_told) {
  Machine::get().reset({});
  const cuda::OwnStream stream;
  simt::Captures &captures = simt::Captures::get();
  using Call = simt::Captures::Call;
  for (const Call call : {Call::kBegin, Call::kEnd, Call::kInstantiate}) {
    const Two two;
    captures.fail_after(1, call);
    const cuda::OwnGraph graph = two.keep(stream.get(), 64, true);
    CHECK_ERROR(EBB_OUT_OF_MEMORY, "as it was told to", two.keep(stream.get(), 64, true));
    CHECK(!captures.capturing(stream.get()));
    CHECK_EQUAL(captures.alive(), size_t{1});
    two.give(stream.get(), 64, true);
    cuda::synchronize(stream.get());
    CHECK_EQUAL(two.out.read()[0], 2);
    captures.accept();
    const cuda::OwnGraph sound = two.keep(stream.get(), 64, true);
    CHECK_EQUAL(captures.alive(), size_t{2});
  }
  CHECK(Machine::get().findings.empty());
}
