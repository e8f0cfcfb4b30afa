// Tokens against the engine's sampler in double: the same ones, however the vocabulary ends, in every schedule.
#include <limits>

#include "check.h"
#include "cuda/sampling_case.h"

using namespace ebb;
using namespace ebb::test;

namespace {

void check_case(const SamplingCase &sampling) {
  const auto tokens = simt::same_in_every_schedule<int32_t>([&] { return sampling.run(); });
  for (size_t i = 0; i < tokens.size(); ++i) {
    const ebb_draw &d = sampling.draws[i];
    const int32_t want = sampling.expected(i);
    if (tokens[i] == want) continue;
    fail(__FILE__, __LINE__, "of " + std::to_string(sampling.choosable) + ", draw " + std::to_string(i) + ", top_k " +
                                 std::to_string(d.top_k) + ", top_p " + std::to_string(d.top_p) + ", min_p " +
                                 std::to_string(d.min_p) + ": got " + std::to_string(tokens[i]) + ", expected " +
                                 std::to_string(want));
  }
}

// Two rows, drawn from with the cuts given: at the beginning, the middle and the end of what is left.
SamplingCase cuts(int32_t vocabulary, int32_t choosable, int32_t top_k, float top_p, float min_p) {
  SamplingCase sampling = random_case(vocabulary, choosable, 2, static_cast<uint32_t>(vocabulary));
  for (const double uniform : {0.0, 0.37, 0.99999999}) {
    ebb_draw draw = plain_draw(static_cast<int32_t>(sampling.draws.size() % 2), 0.8f, uniform);
    draw.top_k = top_k;
    draw.top_p = top_p;
    draw.min_p = min_p;
    sampling.draws.push_back(draw);
  }
  return sampling;
}

}  // namespace

TEST(cuda_sampling_takes_the_greatest) {
  for (const int32_t n : {1, 2, 31, 33, 511, 512, 513, 2049}) {
    SamplingCase sampling = random_case(n + 3, n, 3, 5);
    for (int32_t row = 0; row < 3; ++row) sampling.draws.push_back(plain_draw(row, 0, 0));
    // On ties the lowest id; what cannot be chosen does not count.
    for (int32_t i = n / 2; i < n + 3; ++i) sampling.logits[static_cast<size_t>(i)] = i < n ? 20.0f : 30.0f;
    check_case(sampling);
  }
}

TEST(cuda_sampling_draws_without_a_cut) {
  for (const int32_t n : {1, 3, 257, 511, 512, 513, 1027, 2049}) check_case(cuts(n + 1, n, 0, 1, 0));
}

TEST(cuda_sampling_cuts_to_few) {
  for (const int32_t n : {2, 33, 500, 1027}) {
    for (const int32_t k : {1, 2, 40, 511, 512}) {
      check_case(cuts(n, n, k, 1, 0));
      check_case(cuts(n, n, k, 0.9f, 0.05f));
    }
  }
}

TEST(cuda_sampling_cuts_without_a_small_top_k) {
  for (const int32_t n : {1, 2, 33, 513, 1027}) {
    check_case(cuts(n, n, 0, 0.9f, 0));
    check_case(cuts(n, n, 0, 1, 0.1f));
    check_case(cuts(n, n, 0, 0.5f, 0.02f));
    check_case(cuts(n, n, 600, 1, 0));
    check_case(cuts(n, n, 700, 0.95f, 0));
    check_case(cuts(n, n, n, 0.99f, 0));
  }
}

// Equal logits around the k-th place: the first ids stay.
TEST(cuda_sampling_keeps_the_order_of_ties) {
  for (const int32_t k : {3, 40, 500, 600}) {
    SamplingCase sampling = cuts(900, 900, k, 1, 0);
    for (size_t i = 0; i < sampling.logits.size(); ++i) {
      sampling.logits[i] = i % 7 == 0 ? 1.0f : i % 2 == 0 ? 0.0f : -0.0f;
    }
    check_case(sampling);
    for (ebb_draw &draw : sampling.draws) draw.top_p = 0.7f;
    check_case(sampling);
  }
}

// Logits that are ruled out, far away, or no numbers.
TEST(cuda_sampling_takes_odd_logits) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const int32_t k : {0, 5, 520}) {
    SamplingCase sampling = cuts(600, 600, k, k == 5 ? 0.9f : 1, 0);
    for (size_t i = 0; i < sampling.logits.size(); ++i) {
      if (i % 5 != 0) sampling.logits[i] = i % 3 == 0 ? -infinity : -5000.0f;
    }
    check_case(sampling);
    std::fill(sampling.logits.begin(), sampling.logits.end(), -infinity);
    sampling.logits[77] = sampling.logits[677] = 3;
    check_case(sampling);
    sampling.logits[78] = infinity;
    std::fill(sampling.logits.begin() + 600, sampling.logits.end(), std::numeric_limits<float>::quiet_NaN());
    const auto tokens = simt::same_in_every_schedule<int32_t>([&] { return sampling.run(); });
    for (const int32_t token : tokens) CHECK_EQUAL(token, -1);
  }
}

// Alone or among others, at whatever row: the same token.
TEST(cuda_sampling_does_not_depend_on_the_batch) {
  simt::Machine::get().reset({});
  SamplingCase all = random_case(300, 290, 6, 9);
  for (int32_t row = 0; row < 6; ++row) {
    ebb_draw draw = plain_draw(row, 0.7f, 0.1 + 0.15 * row);
    draw.top_k = row % 3 == 0 ? 0 : 20;
    draw.top_p = row % 2 == 0 ? 0.9f : 1;
    all.draws.push_back(draw);
  }
  const auto together = all.run();
  for (int32_t row = 0; row < 6; ++row) {
    SamplingCase alone{300, 290, {all.logits.begin() + 300 * row, all.logits.begin() + 300 * (row + 1)}, {}, {}};
    alone.draws = {all.draws[static_cast<size_t>(row)]};
    alone.draws[0].row = 0;
    CHECK_EQUAL(alone.run()[0], together[static_cast<size_t>(row)]);
  }
  CHECK(simt::Machine::get().findings.empty());
}

// A greedy token costs one reading of its row, in whole sectors.
TEST(cuda_sampling_reads_a_row_once) {
  SamplingCase sampling = random_case(4096, 4096, 1, 3);
  sampling.draws = {plain_draw(0, 0, 0)};
  simt::Machine::get().reset({});
  sampling.run();
  const simt::Traffic &read = simt::Machine::get().counters.global_read;
  CHECK(static_cast<double>(read.bytes) <= 1.3 * 4096 * 4);
}
