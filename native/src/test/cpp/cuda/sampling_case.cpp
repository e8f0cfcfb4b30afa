#include "cuda/sampling_case.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ebb::test {
namespace {

constexpr double kLeast = 1e-280;

struct Candidate {
  double weight;
  int32_t id;
};
using Candidates = std::vector<Candidate>;

// dev.ebb.engine.sampling.Exponential.
double exponential(double x) {
  const double r = std::max(x, -660.0) * (1.0 / 1024);
  double p = r * (1.0 / 40320) + 1.0 / 5040;
  for (const double term : {1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1.0, 1.0}) p = p * r + term;
  for (int i = 0; i < 10; ++i) p *= p;
  return p;
}

double interleaved(const Candidates &from, size_t begin, size_t end) {
  double chain[4] = {};
  size_t i = begin;
  for (; i + 4 <= end; i += 4) {
    for (size_t c = 0; c < 4; ++c) chain[c] += from[i + c].weight;
  }
  for (; i < end; ++i) chain[0] += from[i].weight;
  return chain[0] + chain[1] + (chain[2] + chain[3]);
}

void sort_by_weight(Candidates &candidates) {
  std::sort(candidates.begin(), candidates.end(), [](const Candidate &a, const Candidate &b) {
    return a.weight > b.weight || (a.weight == b.weight && a.id < b.id);
  });
}

int32_t first_above(const Candidates &candidates, double goal) {
  double mass = 0;
  for (const Candidate &candidate : candidates) {
    mass += candidate.weight;
    if (mass > goal) return candidate.id;
  }
  return candidates.back().id;
}

// The beginning whose mass reaches `goal`; `mass` becomes what it has.
void cut(Candidates &candidates, double goal, double &mass) {
  size_t taken = 0;
  mass = 0;
  do {
    mass += candidates[taken++].weight;
  } while (taken < candidates.size() && mass < goal);
  candidates.resize(taken);
}

int32_t of_few(const std::vector<float> &logits, float best, const ebb_draw &draw) {
  std::vector<int32_t> ids;
  for (size_t i = 0; i < logits.size(); ++i) {
    if (logits[i] > -std::numeric_limits<float>::infinity()) ids.push_back(static_cast<int32_t>(i));
  }
  std::stable_sort(ids.begin(), ids.end(), [&](int32_t a, int32_t b) {
    return logits[static_cast<size_t>(a)] > logits[static_cast<size_t>(b)];
  });
  ids.resize(std::min(ids.size(), static_cast<size_t>(draw.top_k)));
  Candidates kept;
  double total = 0;
  for (const int32_t id : ids) {
    const double x = (static_cast<double>(logits[static_cast<size_t>(id)]) - best) * (1.0 / draw.temperature);
    const double weight = exponential(x);
    if (weight > kLeast && weight >= draw.min_p) {
      kept.push_back({weight, id});
      total += weight;
    }
  }
  if (draw.top_p < 1) cut(kept, static_cast<double>(draw.top_p) * total, total);
  return first_above(kept, draw.uniform * total);
}

int32_t uncut(const Candidates &all, double uniform) {
  Candidates stretches;
  for (size_t begin = 0; begin < all.size(); begin += 512) {
    const size_t end = std::min(all.size(), begin + 512);
    stretches.push_back({interleaved(all, begin, end), static_cast<int32_t>(begin)});
  }
  double left = uniform * interleaved(stretches, 0, stretches.size());
  size_t s = 0;
  while (s + 1 < stretches.size() && left >= stretches[s].weight) left -= stretches[s++].weight;
  int32_t last = 0;
  for (size_t i = static_cast<size_t>(stretches[s].id); i < all.size(); ++i) {
    if (!(all[i].weight > kLeast)) continue;
    last = all[i].id;
    left -= all[i].weight;
    if (left < 0) return last;
  }
  return last;
}

int32_t of_many(const Candidates &all, const ebb_draw &draw) {
  Candidates kept;
  for (const Candidate &candidate : all) {
    if (candidate.weight >= std::max<double>(draw.min_p, kLeast)) kept.push_back(candidate);
  }
  double total = interleaved(kept, 0, kept.size());
  if (draw.top_k > 0 && draw.top_k < static_cast<int32_t>(kept.size())) {
    sort_by_weight(kept);
    kept.resize(static_cast<size_t>(draw.top_k));
    total = interleaved(kept, 0, kept.size());
  }
  if (!(draw.top_p < 1)) return first_above(kept, draw.uniform * total);
  const double top_p = draw.top_p;
  const double threshold = (1 - top_p) * total / static_cast<double>(kept.size());
  kept.erase(std::remove_if(kept.begin(), kept.end(), [&](const Candidate &c) { return c.weight < threshold; }),
             kept.end());
  sort_by_weight(kept);
  double mass = 0;
  cut(kept, top_p * total, mass);
  std::reverse(kept.begin(), kept.end());
  return first_above(kept, draw.uniform * mass);
}

}  // namespace

std::vector<float> SamplingCase::adjusted(size_t d) const {
  const ebb_draw &draw = draws[d];
  const auto row = logits.begin() + int64_t{draw.row} * vocabulary;
  std::vector<float> result(row, row + choosable);
  for (int32_t i = 0; i < draw.adjustments; ++i) {
    const ebb_adjustment &a = adjustments[static_cast<size_t>(draw.first_adjustment + i)];
    if (a.token >= choosable) continue;
    float &logit = result[static_cast<size_t>(a.token)];
    logit += a.addend;
    if ((a.flags & EBB_ADJUST_FORBID) != 0) logit = -std::numeric_limits<float>::infinity();
    if ((a.flags & EBB_ADJUST_SEEN) == 0) continue;
    const bool finite = std::isfinite(logit);
    logit = logit > 0 ? logit / draw.repetition_penalty : logit * draw.repetition_penalty;
    logit -= draw.frequency_penalty * static_cast<float>(a.generated);
    if (a.generated > 0) logit -= draw.presence_penalty;
    const float most = std::numeric_limits<float>::max();
    if (finite) logit = std::clamp(logit, -most, most);
  }
  return result;
}

int32_t SamplingCase::expected(size_t d) const {
  const ebb_draw &draw = draws[d];
  const std::vector<float> row = adjusted(d);
  const auto best = std::max_element(row.begin(), row.end());
  if (!std::isfinite(*best)) return -1;
  if (draw.temperature == 0) return static_cast<int32_t>(best - row.begin());
  if (draw.top_k > 0 && draw.top_k <= 512 && draw.top_k < choosable) return of_few(row, *best, draw);
  Candidates all;
  for (size_t i = 0; i < row.size(); ++i) {
    const double x = (static_cast<double>(row[i]) - *best) * (1.0 / draw.temperature);
    all.push_back({exponential(x), static_cast<int32_t>(i)});
  }
  const bool cut_by_none = draw.top_k == 0 && draw.top_p == 1 && draw.min_p == 0;
  return cut_by_none ? uncut(all, draw.uniform) : of_many(all, draw);
}

std::vector<int32_t> SamplingCase::run() const {
  const size_t count = draws.size();
  std::vector<int32_t> adjusted_slots(count, -1), candidate_slots(count, -1);
  size_t adjusted = 0, candidates = 0, each = 1;
  while (each < static_cast<size_t>(choosable)) each *= 2;
  for (size_t i = 0; i < count; ++i) {
    if (draws[i].adjustments > 0) adjusted_slots[i] = static_cast<int32_t>(adjusted++);
    if (cuda::needs_candidates(draws[i], choosable)) candidate_slots[i] = static_cast<int32_t>(candidates++);
  }
  const simt::Buffer<float> logits_d("logits", logits);
  const simt::Buffer<float> adjusted_d("adjusted", adjusted * static_cast<size_t>(vocabulary) + 1);
  const simt::Buffer<ebb_draw> draws_d("draws", draws);
  const simt::Buffer<ebb_adjustment> adjustments_d("adjustments", adjustments.empty()
                                                       ? std::vector<ebb_adjustment>(1) : adjustments);
  const simt::Buffer<int32_t> adjusted_slots_d("slots", adjusted_slots), candidate_slots_d("slots", candidate_slots);
  const simt::Buffer<uint8_t> candidates_d("candidates", candidates * each * 16 + 16);
  const simt::Buffer<double> chains("chains", count * 4 * static_cast<size_t>(cuda::stretches_of(choosable)));
  const simt::Buffer<int32_t> tokens("tokens", count);
  const cuda::Sampling op{logits_d.data(), vocabulary, choosable, static_cast<int32_t>(count), draws_d.data(),
                          adjustments_d.data(), adjusted_slots_d.data(), candidate_slots_d.data(), adjusted_d.data(),
                          candidates_d.data(), static_cast<int64_t>(each), chains.data(), tokens.data()};
  cuda::penalties(op, nullptr);
  cuda::sampling(op, nullptr);
  return tokens.read();
}

namespace {

uint64_t align(uint64_t offset) { return (offset + 63) / 64 * 64; }

ebb_sampling header(const SamplingCase &sampling) {
  ebb_sampling h{};
  h.magic = EBB_SAMPLING_MAGIC;
  h.version = EBB_SAMPLING_VERSION;
  h.draws = static_cast<uint32_t>(sampling.draws.size());
  h.adjustments = static_cast<uint32_t>(sampling.adjustments.size());
  h.choosable = static_cast<uint32_t>(sampling.choosable);
  h.draw_list = align(sizeof(h));
  h.adjustment_list = align(h.draw_list + h.draws * sizeof(ebb_draw));
  h.tokens = align(h.adjustment_list + h.adjustments * sizeof(ebb_adjustment));
  h.bytes = align(h.tokens + h.draws * sizeof(int32_t));
  return h;
}

}  // namespace

SamplingBytes::SamplingBytes(const SamplingCase &sampling) : bytes_(header(sampling).bytes) {
  const ebb_sampling h = header(sampling);
  std::memcpy(bytes_.data(), &h, sizeof(h));
  std::copy(sampling.draws.begin(), sampling.draws.end(), reinterpret_cast<ebb_draw *>(bytes_.data() + h.draw_list));
  std::copy(sampling.adjustments.begin(), sampling.adjustments.end(),
            reinterpret_cast<ebb_adjustment *>(bytes_.data() + h.adjustment_list));
}

std::vector<int32_t> SamplingBytes::tokens() {
  const auto *first = reinterpret_cast<const int32_t *>(bytes_.data() + get()->tokens);
  return {first, first + get()->draws};
}

SamplingCase random_case(int32_t vocabulary, int32_t choosable, int32_t rows, uint32_t seed) {
  return {vocabulary, choosable, random_floats(static_cast<size_t>(rows) * static_cast<size_t>(vocabulary), seed, 3.0f),
          {}, {}};
}

ebb_draw plain_draw(int32_t row, float temperature, double uniform) {
  return {row, 0, 0, 0, temperature, 1, 0, 1, 0, 0, uniform};
}

}  // namespace ebb::test
