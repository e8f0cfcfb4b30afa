// A token out of a row of logits: the greatest, or temperature, min-p, top-k and top-p cuts and a draw.
//
// A CTA a draw. It computes what the engine's sampler computes (dev.ebb.engine.sampling.Candidates), each double sum in
// its order: what may run in any order (exponentials, selection, sorting by a total order) all threads do, what has one
// order runs on weights that they stage in shared memory. Few draws need more than the row's bytes and a selection.
#include <cmath>

#include "cuda/exponential.cuh"
#include "cuda/launch.cuh"
#include "cuda/select.cuh"

namespace ebb::cuda {
namespace {

constexpr int kThreads = 512;
constexpr int kWarps = kThreads / 32;
static_assert(kThreads == kStretch && kThreads >= kInsertedMax, "a stretch, or a selection, is staged at once");

// The CTA's shared memory.
struct Scratch {
  uint4 *best;         // [kInsertedMax] the selection
  double *stage;       // [kThreads] weights whose order counts
  double *sums;        // [4]
  uint32_t *counts;    // [256]
  float *values;       // [kWarps]
  int32_t *ids;        // [kWarps]
  int32_t *found;      // [1]
};

// What a CTA works on.
struct Row {
  const float *logits;
  int32_t n;
  double best;     // the greatest logit
  double inverse;  // of the temperature
  uint4 *candidates;
  double *chains;

  __device__ __forceinline__ double weight(int32_t id) const { return weight_of(logits[id]); }
  __device__ __forceinline__ double weight_of(float logit) const {
    return exponential((static_cast<double>(logit) - best) * inverse);
  }
};

__device__ __forceinline__ uint4 candidate(double weight, int32_t id) {
  return {isa::low_bits(weight), isa::high_bits(weight), static_cast<uint32_t>(id), 0};
}
__device__ __forceinline__ double weight_in(const uint4 &candidate) { return isa::to_double(candidate.y, candidate.x); }

// Fills up to a power of two with what no candidate is worse than; gives that power.
__device__ __forceinline__ int32_t fill_up(uint4 *candidates, int32_t count) {
  int32_t all = 1;
  while (all < count) all *= 2;
  for (int32_t i = count + static_cast<int32_t>(threadIdx.x); i < all; i += kThreads) {
    isa::store_16(candidates + i, {0, 0, kNone, 0});
  }
  isa::sync_threads();
  return all;
}

// The sum of `count` weights in four interleaved chains, the rest in the first; for all threads.
template <typename Weight>
__device__ __forceinline__ double interleaved_sum(const Weight &weight, int32_t count, const Scratch &scratch) {
  const int32_t whole = count / 4 * 4;
  double sum = 0;
  EBB_UNROLL(1)
  for (int32_t base = 0; base < count; base += kThreads) {
    const int32_t mine = base + static_cast<int32_t>(threadIdx.x);
    scratch.stage[threadIdx.x] = mine < count ? weight(mine) : 0;
    isa::sync_threads();
    if (threadIdx.x < 4) {
      const int32_t chained = (whole < base + kThreads ? whole : base + kThreads) - base;
      for (int32_t i = static_cast<int32_t>(threadIdx.x); i < chained; i += 4) sum += scratch.stage[i];
    }
    if (threadIdx.x == 0) {
      const int32_t rest = whole > base ? whole - base : 0;
      for (int32_t i = rest; i < kThreads && base + i < count; ++i) sum += scratch.stage[i];
    }
    isa::sync_threads();
  }
  if (threadIdx.x < 4) scratch.sums[threadIdx.x] = sum;
  isa::sync_threads();
  const double all = scratch.sums[0] + scratch.sums[1] + (scratch.sums[2] + scratch.sums[3]);
  isa::sync_threads();
  return all;
}

// Where the running sum of weights passes `goal`: the first index whose sum is above it, or with `reach` at least it;
// the last one where none is. `sum` becomes the sum up to there. For all threads.
template <bool kReach, typename Weight>
__device__ __forceinline__ int32_t pass(const Weight &weight, int32_t count, double goal, const Scratch &scratch,
                                        double &sum) {
  double running = 0;
  if (threadIdx.x == 0) *scratch.found = kNone;
  EBB_UNROLL(1)
  for (int32_t base = 0; base < count; base += kThreads) {
    const int32_t mine = base + static_cast<int32_t>(threadIdx.x);
    scratch.stage[threadIdx.x] = mine < count ? weight(mine) : 0;
    isa::sync_threads();
    if (threadIdx.x == 0) {
      for (int32_t i = 0; i < kThreads && base + i < count; ++i) {
        running += scratch.stage[i];
        if (kReach ? running >= goal : running > goal) {
          *scratch.found = base + i;
          break;
        }
      }
      scratch.sums[0] = running;
    }
    isa::sync_threads();
    if (*scratch.found != kNone) break;
  }
  sum = scratch.sums[0];
  const int32_t found = *scratch.found;
  isa::sync_threads();
  return found == kNone ? count - 1 : found;
}

// ---- a small top-k: the best k, best first

// Puts the k greatest logits in front, sorted; ties keep id order. Gives how many there are.
__device__ __forceinline__ int32_t select_best(const Row &row, int32_t k, const Scratch &scratch) {
  const Threshold threshold = greatest_keys<kThreads>(row.logits, row.n, k, scratch.counts);
  int32_t above = 0;
  int32_t equal = threshold.count - threshold.equal;
  EBB_UNROLL(1)
  for (int32_t base = 0; base < row.n; base += kThreads) {
    const int32_t id = base + static_cast<int32_t>(threadIdx.x);
    const uint32_t key = id < row.n ? key_of(row.logits[id]) : 0;
    const bool is_equal = key == threshold.key && key != 0;
    const int32_t first = place_of<kWarps>(key > threshold.key, scratch.counts, above);
    const int32_t second = place_of<kWarps>(is_equal, scratch.counts, equal);
    const bool kept = key > threshold.key || (is_equal && second < threshold.count);
    if (kept) {
      isa::store_16_shared(scratch.best + (is_equal ? second : first), {0, key, static_cast<uint32_t>(id), 0});
    }
  }
  isa::sync_threads();
  sort_best_first<kThreads>(scratch.best, fill_up(scratch.best, threshold.count));
  return threshold.count;
}

__device__ __forceinline__ int32_t draw_of_few(const Row &row, const ebb_draw &draw, const Scratch &scratch) {
  const int32_t selected = select_best(row, draw.top_k, scratch);
  const auto mine = static_cast<int32_t>(threadIdx.x);
  if (mine < selected) {
    const double weight = row.weight_of(logit_of(isa::load_16_shared(scratch.best + mine).y));
    scratch.stage[mine] = weight > kNegligible ? weight : 0;
  }
  isa::sync_threads();
  if (threadIdx.x == 0) {
    int32_t count = 0;
    double total = 0;
    for (int32_t i = 0; i < selected; ++i) {
      const double weight = scratch.stage[i];
      if (weight > 0 && weight >= draw.min_p) {
        scratch.stage[count++] = weight;
        total += weight;
      }
    }
    if (draw.top_p < 1) {
      const double goal = static_cast<double>(draw.top_p) * total;
      int32_t taken = 0;
      total = 0;
      do {
        total += scratch.stage[taken++];
      } while (taken < count && total < goal);
      count = taken;
    }
    const double goal = draw.uniform * total;
    double mass = 0;
    int32_t at = 0;
    for (; at < count - 1; ++at) {
      mass += scratch.stage[at];
      if (mass > goal) break;
    }
    *scratch.found = static_cast<int32_t>(isa::load_16_shared(scratch.best + at).z);
  }
  isa::sync_threads();
  return *scratch.found;
}

// ---- no cut at all: first a stretch of ids by its sum, then an id within

// The four chains of each stretch's sum.
__device__ __forceinline__ void sum_chains(const Row &row) {
  const auto chains = static_cast<int32_t>(4 * stretches_of(row.n));
  EBB_UNROLL(1)
  for (int32_t chain = static_cast<int32_t>(threadIdx.x); chain < chains; chain += kThreads) {
    const int32_t begin = chain / 4 * kStretch;
    const int32_t end = begin + kStretch < row.n ? begin + kStretch : row.n;
    const int32_t whole = begin + (end - begin) / 4 * 4;
    double sum = 0;
    EBB_UNROLL(2)
    for (int32_t i = begin + chain % 4; i < whole; i += 4) sum += row.weight(i);
    if (chain % 4 == 0) {
      for (int32_t i = whole; i < end; ++i) sum += row.weight(i);
    }
    row.chains[chain] = sum;
  }
}

__device__ __forceinline__ double stretch_sum(const Row &row, int32_t stretch) {
  const double *chain = row.chains + 4 * stretch;
  return chain[0] + chain[1] + (chain[2] + chain[3]);
}

__device__ __forceinline__ int32_t draw_uncut(const Row &row, const ebb_draw &draw, const Scratch &scratch) {
  const auto stretches = static_cast<int32_t>(stretches_of(row.n));
  sum_chains(row);
  isa::sync_threads();
  const double total = interleaved_sum([&](int32_t i) { return stretch_sum(row, i); }, stretches, scratch);
  double left = draw.uniform * total;
  if (threadIdx.x == 0) {
    int32_t stretch = 0;
    while (stretch < stretches - 1 && left >= stretch_sum(row, stretch)) left -= stretch_sum(row, stretch++);
    scratch.ids[0] = stretch;
    *scratch.found = kNone;
  }
  isa::sync_threads();
  int32_t last = 0;
  EBB_UNROLL(1)
  for (int32_t base = scratch.ids[0] * kStretch; base < row.n; base += kThreads) {
    const int32_t mine = base + static_cast<int32_t>(threadIdx.x);
    scratch.stage[threadIdx.x] = mine < row.n ? row.weight(mine) : 0;
    isa::sync_threads();
    for (int32_t i = 0; threadIdx.x == 0 && i < kThreads && *scratch.found == kNone; ++i) {
      if (!(scratch.stage[i] > kNegligible)) continue;
      last = base + i;
      left -= scratch.stage[i];
      if (left < 0) *scratch.found = last;
    }
    isa::sync_threads();
    if (*scratch.found != kNone) break;
  }
  // Only rounding leads to the end of the vocabulary.
  return *scratch.found != kNone ? *scratch.found : last;
}

// ---- all other cuts: candidates in global memory

// Keeps, in their order, the candidates that `wanted` likes; gives how many.
template <typename Load, typename Wanted>
__device__ __forceinline__ int32_t keep(uint4 *to, int32_t n, const Load &load, const Wanted &wanted,
                                        const Scratch &scratch) {
  int32_t count = 0;
  EBB_UNROLL(1)
  for (int32_t base = 0; base < n; base += kThreads) {
    const int32_t i = base + static_cast<int32_t>(threadIdx.x);
    const uint4 mine = i < n ? load(i) : uint4{};
    const bool kept = i < n && wanted(weight_in(mine));
    const int32_t at = place_of<kWarps>(kept, scratch.counts, count);
    if (kept) isa::store_16(to + at, mine);
  }
  isa::sync_threads();
  return count;
}

__device__ __forceinline__ int32_t draw_of_many(const Row &row, const ebb_draw &draw, const Scratch &scratch) {
  uint4 *all = row.candidates;
  const auto stored = [&](int32_t i) { return isa::load_16(all + i); };
  const auto weight = [&](int32_t i) { return weight_in(stored(i)); };
  const double least = draw.min_p > kNegligible ? draw.min_p : kNegligible;
  int32_t count = keep(all, row.n, [&](int32_t id) { return candidate(row.weight(id), id); },
                       [&](double w) { return w >= least; }, scratch);
  double total = interleaved_sum(weight, count, scratch);
  const bool best_only = draw.top_k > 0 && draw.top_k < count;
  if (best_only) {
    sort_best_first<kThreads>(all, fill_up(all, count));
    count = draw.top_k;
    total = interleaved_sum(weight, count, scratch);
  }
  double mass = 0;
  if (!(draw.top_p < 1)) {
    return static_cast<int32_t>(stored(pass<false>(weight, count, draw.uniform * total, scratch, mass)).z);
  }
  // What is below an equal share of the rest's mass cannot be in the nucleus.
  const double top_p = draw.top_p;
  const double threshold = (1 - top_p) * total / count;
  count = keep(all, count, stored, [&](double w) { return w >= threshold; }, scratch);
  if (!best_only) sort_best_first<kThreads>(all, fill_up(all, count));
  const int32_t worst = pass<true>(weight, count, top_p * total, scratch, mass);
  // The sampler goes through the nucleus from its worst to its best.
  double below = 0;
  const int32_t at = pass<false>([&](int32_t i) { return weight(worst - i); }, worst + 1, draw.uniform * mass, scratch,
                                 below);
  return static_cast<int32_t>(stored(worst - at).z);
}

__global__ void __launch_bounds__(kThreads) sampling_kernel(Sampling op) {
  EBB_SHARED(uint4, best, kInsertedMax);
  EBB_SHARED(double, stage, kThreads);
  EBB_SHARED(double, sums, 4);
  EBB_SHARED(uint32_t, counts, 256);
  EBB_SHARED(float, values, kWarps);
  EBB_SHARED(int32_t, ids, kWarps);
  EBB_SHARED(int32_t, found, 1);
  const Scratch scratch{best, stage, sums, counts, values, ids, found};
  const ebb_draw &draw = op.draws[blockIdx.x];
  const int32_t adjusted = op.adjusted_slots[blockIdx.x];
  const int32_t slot = op.candidate_slots[blockIdx.x];
  const float *logits = adjusted < 0 ? op.logits + draw.row * op.vocabulary : op.adjusted + adjusted * op.vocabulary;
  const Greatest greatest = greatest_of<kWarps>(logits, op.choosable, values, ids);
  isa::sync_threads();
  int32_t token = greatest.id;
  if (greatest.id == kNone || greatest.value == INFINITY) {
    token = -1;
  } else if (draw.temperature != 0) {
    const Row row{logits, op.choosable, static_cast<double>(greatest.value),
                  1.0 / static_cast<double>(draw.temperature),
                  slot < 0 ? nullptr : reinterpret_cast<uint4 *>(op.candidates) + slot * op.candidates_each,
                  op.chains + blockIdx.x * 4 * stretches_of(op.choosable)};
    if (slot >= 0) {
      token = draw_of_many(row, draw, scratch);
    } else if (draw.top_k > 0) {
      token = draw_of_few(row, draw, scratch);
    } else {
      token = draw_uncut(row, draw, scratch);
    }
  }
  if (threadIdx.x == 0) op.tokens[blockIdx.x] = token;
}

}  // namespace

void sampling(const Sampling &op, Stream stream) {
  if (op.count == 0) return;
  EBB_LAUNCH(sampling_kernel, (Shape{static_cast<unsigned>(op.count), 1, 1, kThreads}), stream, op);
}

}  // namespace ebb::cuda
