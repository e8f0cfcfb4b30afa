// The emulator itself: every detector sees the mistake made for it, and nothing in the right twin.
#include <numeric>

#include "simt/check_run.h"
#include "simt/wrong_kernels/wrong.h"

using namespace ebb::test;
using simt::Buffer;
using simt::Fault;
using simt::Machine;
using simt::Schedule;

namespace {

const simt::Options kSchedules[] = {{Schedule::kInOrder}, {Schedule::kReverse}, {Schedule::kRandom, 3}};

std::vector<int32_t> numbers(size_t count) {
  std::vector<int32_t> values(count);
  std::iota(values.begin(), values.end(), 0);
  return values;
}

// The wrong kernel shows the fault in every schedule, the right one nothing in any.
void check_detects(Fault fault, const std::function<void(const int32_t *, int32_t *, bool)> &kernel) {
  for (const simt::Options &options : kSchedules) {
    for (const bool right : {false, true}) {
      const Buffer<int32_t> data("data", numbers(64));
      const Buffer<int32_t> out("out", 64);
      Machine::get().reset(options);
      kernel(data.data(), out.data(), right);
      if (right && !Machine::get().findings.empty()) fail("right twin", 0, Machine::get().findings.text());
      if (!right && !Machine::get().findings.has(fault)) {
        fail("wrong kernel", 0, "no finding of " + std::string(simt::fault_name(fault)) + ": " +
                                    Machine::get().findings.text());
      }
    }
  }
}

void check_detects(Fault fault, const std::function<void(int32_t *, bool)> &kernel) {
  check_detects(fault, [&](const int32_t *, int32_t *out, bool right) { kernel(out, right); });
}

}  // namespace

TEST(simt_sees_a_missing_barrier) { check_detects(Fault::kRace, simt::wrong::shared_race); }
TEST(simt_sees_a_write_while_others_read) { check_detects(Fault::kRace, simt::wrong::barrier_too_early); }
TEST(simt_sees_a_missing_sync_warp) { check_detects(Fault::kRace, simt::wrong::warp_race); }
TEST(simt_sees_ctas_that_write_one_place) { check_detects(Fault::kRace, simt::wrong::cross_cta); }
TEST(simt_sees_an_uninitialised_read) { check_detects(Fault::kUninitialised, simt::wrong::uninitialised_shared); }
TEST(simt_sees_a_read_beyond_a_buffer) { check_detects(Fault::kOutOfBounds, simt::wrong::beyond_global); }
TEST(simt_sees_a_write_beyond_shared_memory) { check_detects(Fault::kOutOfBounds, simt::wrong::beyond_shared); }
TEST(simt_sees_a_misaligned_load) { check_detects(Fault::kMisaligned, simt::wrong::misaligned); }
TEST(simt_sees_a_divergent_barrier) { check_detects(Fault::kDivergence, simt::wrong::divergent_barrier); }
TEST(simt_sees_a_divergent_shuffle) { check_detects(Fault::kDivergence, simt::wrong::divergent_shuffle); }
TEST(simt_sees_a_lane_that_ended) { check_detects(Fault::kDivergence, simt::wrong::early_exit); }
TEST(simt_sees_a_read_of_a_copy_in_flight) { check_detects(Fault::kInFlight, simt::wrong::read_in_flight); }
TEST(simt_sees_a_wrong_wait_count) { check_detects(Fault::kInFlight, simt::wrong::wrong_wait_count); }

// The copier waited, but only a barrier shows others what it copied: a race, or, before the
// copier came to its wait, a copy in flight.
TEST(simt_sees_a_wait_without_a_barrier) {
  for (const simt::Options &options : kSchedules) {
    const Buffer<int32_t> data("data", numbers(64));
    const Buffer<int32_t> out("out", 64);
    Machine::get().reset(options);
    simt::wrong::wait_without_barrier(data.data(), out.data(), false);
    CHECK(!Machine::get().findings.empty());
    Machine::get().reset(options);
    simt::wrong::wait_without_barrier(data.data(), out.data(), true);
    CHECK(Machine::get().findings.empty());
  }
}

TEST(simt_sees_a_counter_that_is_not_atomic) {
  for (const simt::Options &options : kSchedules) {
    const Buffer<uint32_t> out("out", std::vector<uint32_t>{0});
    Machine::get().reset(options);
    simt::wrong::plain_counter(out.data(), false);
    CHECK(Machine::get().findings.has(Fault::kRace));
    out.data()[0] = 0;
    Machine::get().reset(options);
    simt::wrong::plain_counter(out.data(), true);
    CHECK(Machine::get().findings.empty());
    CHECK_EQUAL(out.read()[0], 128u);
  }
}

TEST(simt_sees_too_much_shared_memory) {
  const Buffer<int32_t> out("out", 64);
  Machine::get().reset({});
  simt::wrong::too_much_shared(out.data());
  CHECK(Machine::get().findings.has(Fault::kResource));
}

TEST(simt_sees_a_buffer_that_was_released) {
  Machine::get().reset({});
  auto *gone = static_cast<int32_t *>(Machine::get().global.allocate(256, "gone"));
  const Buffer<int32_t> out("out", 64);
  Machine::get().global.release(gone);
  simt::wrong::beyond_global(gone, out.data(), true);
  CHECK(Machine::get().findings.has(Fault::kOutOfBounds));
}

TEST(simt_sees_a_buffer_nobody_wrote) {
  Machine::get().reset({});
  const Buffer<int32_t> data("data", 64), out("out", 64);
  simt::wrong::beyond_global(data.data(), out.data(), true);
  CHECK(Machine::get().findings.has(Fault::kUninitialised));
}

TEST(simt_counts_sectors) {
  const Buffer<int32_t> data("data", numbers(32 * 8));
  const Buffer<int32_t> out("out", 64);
  for (const int stride : {1, 2, 8}) {
    Machine::get().reset({});
    simt::wrong::strided(data.data(), out.data(), stride);
    const simt::Traffic &read = Machine::get().counters.global_read;
    CHECK_EQUAL(read.instructions, 1u);
    CHECK_EQUAL(read.units, 4u * static_cast<unsigned>(stride));
    CHECK_EQUAL(read.ideal, 4u);
    CHECK_EQUAL(read.bytes, 128u);
  }
}

TEST(simt_counts_bank_conflicts) {
  const auto values = numbers(32 * 32);
  const Buffer<int32_t> data("data", values);
  const Buffer<int32_t> out("out", 32 * 32);
  for (const bool padding : {false, true}) {
    Machine::get().reset({});
    simt::wrong::transpose(data.data(), out.data(), padding);
    const simt::Traffic &read = Machine::get().counters.shared_read;
    CHECK_EQUAL(read.instructions, 32u);
    CHECK_EQUAL(read.ideal, 32u);
    CHECK_EQUAL(read.units, padding ? 32u : 32u * 32u);
    CHECK(Machine::get().findings.empty());
    for (size_t i = 0; i < 32; ++i) {
      for (size_t j = 0; j < 32; ++j) CHECK_EQUAL(out.read()[i * 32 + j], values[j * 32 + i]);
    }
  }
}
