// The emulated instructions of sm_90a: they compute what they should, and every mistake in their use is
// seen in every schedule.
#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "core/dequantize.h"
#include "simt/check_run.h"
#include "simt/wrong_kernels/wrong_sm90.h"

using namespace ebb::test;
using simt::Buffer;
using simt::Fault;
using simt::Machine;
using simt::Schedule;
using simt::wrong::Mistake;

namespace {

const simt::Options kSchedules[] = {{Schedule::kInOrder}, {Schedule::kReverse}, {Schedule::kRandom, 3},
                                    {Schedule::kRandom, 4}};

std::vector<uint16_t> halves(size_t count, uint32_t seed) {
  std::vector<uint16_t> bits;
  for (const float value : random_floats(count, seed)) bits.push_back(ebb::f32_to_f16(value));
  return bits;
}

struct Matrices {
  std::vector<uint16_t> a = halves(64 * 16, 1);
  std::vector<uint16_t> b = halves(128 * 56, 2);

  double at_b(size_t row, size_t column) const { return column < 56 ? ebb::f16_to_f32(b[row * 56 + column]) : 0; }
  std::vector<double> expected() const {
    std::vector<double> out;
    for (size_t i = 0; i < 64; ++i) {
      for (size_t j = 0; j < 64; ++j) {
        double sum = 0;
        for (size_t k = 0; k < 16; ++k) sum += ebb::f16_to_f32(a[i * 16 + k]) * at_b(j, k);
        for (size_t k = 0; k < 64; ++k) sum += at_b(64 + k, j);
        out.push_back(sum);
      }
    }
    return out;
  }
};

std::vector<float> run(const simt::Options &options, const Matrices &matrices, Mistake mistake) {
  const Buffer<uint16_t> a("a", matrices.a), b("b", matrices.b);
  const Buffer<float> out("out", 64 * 64);
  Machine::get().reset(options);
  simt::wrong::products(a.data(), b.data(), out.data(), mistake);
  return out.read();
}

void check_detects(Mistake mistake, std::initializer_list<Fault> faults) {
  const Matrices matrices;
  for (const simt::Options &options : kSchedules) {
    run(options, matrices, mistake);
    const simt::Findings &findings = Machine::get().findings;
    if (std::none_of(faults.begin(), faults.end(), [&](Fault fault) { return findings.has(fault); })) {
      fail("mistake", static_cast<int>(mistake), "schedule " + std::to_string(static_cast<int>(options.schedule)) +
                                                     ": not found: " + findings.text());
    }
  }
}

}  // namespace

TEST(simt_multiplies_by_warpgroups_what_bulk_copies_bring) {
  const Matrices matrices;
  for (const simt::Options &options : kSchedules) {
    const auto out = run(options, matrices, Mistake::kNone);
    CHECK(relative_l2(out, matrices.expected()) <= 1e-6);
    if (!Machine::get().findings.empty()) fail("right twin", 0, Machine::get().findings.text());
    const simt::Counters &counters = Machine::get().counters;
    CHECK_EQUAL(counters.wgmma, 5u);
    CHECK_EQUAL(counters.bulk_copies, 2u);
    CHECK_EQUAL(counters.bulk_bytes, 128u * 56u * 2u);
    CHECK_EQUAL(counters.arrival, 2u + 4u);
  }
}

// A wait that is missing shows as a copy in flight, or, once the copy is there, as a race.
TEST(simt_sees_a_bulk_copy_not_waited_for) { check_detects(Mistake::kNoWait, {Fault::kInFlight, Fault::kRace}); }
TEST(simt_sees_a_bulk_copy_over_a_tile_in_use) {
  check_detects(Mistake::kNoEmptyWait, {Fault::kInFlight, Fault::kRace});
}
TEST(simt_sees_a_bulk_copy_at_the_end_of_a_cta) { check_detects(Mistake::kNotWaitedAtEnd, {Fault::kInFlight}); }
TEST(simt_sees_a_misaligned_bulk_copy) { check_detects(Mistake::kMisaligned, {Fault::kMisaligned}); }
TEST(simt_sees_bytes_that_never_come) { check_detects(Mistake::kWrongBytes, {Fault::kDivergence}); }
TEST(simt_sees_a_barrier_used_too_early) {
  check_detects(Mistake::kBarrierUnseen, {Fault::kRace, Fault::kUninitialised});
}
TEST(simt_sees_a_barrier_not_published) { check_detects(Mistake::kNotPublished, {Fault::kFence}); }
TEST(simt_sees_an_arrival_before_the_warp_is_done) { check_detects(Mistake::kNoSyncWarp, {Fault::kRace}); }
TEST(simt_sees_a_missing_fence_before_wgmma) { check_detects(Mistake::kNoAsyncFence, {Fault::kFence}); }
TEST(simt_sees_registers_without_a_fence) { check_detects(Mistake::kNoWgmmaFence, {Fault::kFence}); }
TEST(simt_sees_sums_written_too_early) { check_detects(Mistake::kSumsChanged, {Fault::kInFlight}); }
TEST(simt_sees_an_operand_written_too_early) { check_detects(Mistake::kOperandChanged, {Fault::kInFlight}); }
TEST(simt_sees_a_tile_released_before_the_wait) {
  check_detects(Mistake::kReleasedEarly, {Fault::kInFlight, Fault::kRace});
}
TEST(simt_sees_a_warp_that_leaves_out_a_product) { check_detects(Mistake::kWarpLeftOut, {Fault::kDivergence}); }

TEST(simt_sees_sums_read_without_a_wait) {
  check_detects(Mistake::kNeverWaitedFor, {Fault::kInFlight});
  const auto out = run({}, {}, Mistake::kNeverWaitedFor);
  CHECK(std::all_of(out.begin(), out.end(), [](float value) { return std::isnan(value); }));
}
