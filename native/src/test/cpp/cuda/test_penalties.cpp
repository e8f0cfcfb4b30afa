// Addends, ruled-out tokens and penalties: the logits of the engine's sampler, seen through greedy tokens and draws.
#include "check.h"
#include "cuda/sampling_case.h"

using namespace ebb;
using namespace ebb::test;

namespace {

// Adjusts the greatest logits, so that each decides what is chosen.
SamplingCase adjusted_case(int32_t vocabulary, int32_t choosable) {
  SamplingCase sampling = random_case(vocabulary, choosable, 3, 11);
  std::mt19937 random(static_cast<uint32_t>(vocabulary));
  for (int32_t d = 0; d < 8; ++d) {
    ebb_draw draw = plain_draw(d % 3, d % 2 == 0 ? 0.0f : 0.9f, 0.37);
    draw.top_k = d % 4 == 1 ? 8 : 0;
    draw.repetition_penalty = d % 3 == 0 ? 1.0f : 1.3f;
    draw.frequency_penalty = d % 3 == 1 ? 0.0f : 0.7f;
    draw.presence_penalty = d < 4 ? 0.4f : -1.1f;
    draw.first_adjustment = static_cast<int32_t>(sampling.adjustments.size());
    for (int32_t token = d % 2; token < vocabulary; token += 1 + static_cast<int32_t>(random() % 3)) {
      const uint32_t kind = random() % 8;
      sampling.adjustments.push_back({token, kind == 1 ? 2.5f : kind == 2 ? -4.0f : 0.0f,
                                      static_cast<int32_t>(random() % 4),
                                      (kind == 3 ? EBB_ADJUST_FORBID : 0u) | (kind > 3 ? EBB_ADJUST_SEEN : 0u)});
    }
    draw.adjustments = static_cast<int32_t>(sampling.adjustments.size()) - draw.first_adjustment;
    sampling.draws.push_back(draw);
  }
  sampling.draws[5].adjustments = 0;  // one that reads the row itself
  return sampling;
}

std::vector<float> adjusted_rows(const SamplingCase &sampling) {
  const size_t count = sampling.draws.size();
  std::vector<int32_t> slots(count, -1);
  int32_t next = 0;
  for (size_t i = 0; i < count; ++i) slots[i] = sampling.draws[i].adjustments > 0 ? next++ : -1;
  const simt::Buffer<float> logits("logits", sampling.logits);
  const simt::Buffer<float> to("adjusted", static_cast<size_t>(next) * static_cast<size_t>(sampling.vocabulary));
  const simt::Buffer<ebb_draw> draws("draws", sampling.draws);
  const simt::Buffer<ebb_adjustment> adjustments("adjustments", sampling.adjustments);
  const simt::Buffer<int32_t> slots_d("slots", slots);
  cuda::penalties({logits.data(), sampling.vocabulary, sampling.choosable, static_cast<int32_t>(count), draws.data(),
                   adjustments.data(), slots_d.data(), nullptr, to.data(), nullptr, 0, nullptr, nullptr}, nullptr);
  return to.read();
}

}  // namespace

// To the bit: single operations, each rounded.
TEST(cuda_penalties_are_the_samplers) {
  for (const int32_t n : {5, 100, 255, 257, 4096, 4099}) {
    const SamplingCase sampling = adjusted_case(n + 2, n);
    const auto rows = simt::same_in_every_schedule<float>([&] { return adjusted_rows(sampling); });
    size_t slot = 0;
    for (size_t d = 0; d < sampling.draws.size(); ++d) {
      if (sampling.draws[d].adjustments == 0) continue;
      const auto want = sampling.adjusted(d);
      CHECK(std::equal(want.begin(), want.end(), rows.begin() + static_cast<int64_t>(slot++) * (n + 2)));
    }
  }
}

TEST(cuda_penalties_decide_what_is_sampled) {
  const SamplingCase sampling = adjusted_case(700, 690);
  const auto tokens = simt::same_in_every_schedule<int32_t>([&] { return sampling.run(); });
  for (size_t d = 0; d < tokens.size(); ++d) CHECK_EQUAL(tokens[d], sampling.expected(d));
}

// A tiny penalty does not make a logit infinite.
TEST(cuda_penalties_keep_logits_finite) {
  SamplingCase sampling{4, 4, {3e38f, 1, -3e38f, 0}, {plain_draw(0, 0, 0)}, {}};
  for (int32_t token = 0; token < 4; ++token) sampling.adjustments.push_back({token, 0, 3, EBB_ADJUST_SEEN});
  sampling.draws[0].adjustments = 4;
  sampling.draws[0].repetition_penalty = 1e-3f;
  const auto rows = simt::same_in_every_schedule<float>([&] { return adjusted_rows(sampling); });
  CHECK(rows == sampling.adjusted(0));
  CHECK_EQUAL(sampling.run()[0], 0);
}
