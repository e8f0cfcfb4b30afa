package dev.ebb.engine.sampling;

import dev.ebb.engine.request.SamplingParams;

/**
 * The random choice: temperature, then min-p, top-k and top-p cuts, then one draw. Each cut keeps a
 * beginning of the candidates ordered by logit, lower id first on ties, so their order does not matter
 * but for top-p, whose mass is of what the others left. All sums run in a fixed order.
 */
final class Candidates {
  /** Up to so many are kept sorted by insertion; more go through the heap. */
  private static final int INSERTED_MAX = 512;

  private static final int STRETCH = 512;

  private final int[] ids;
  private final double[] weights;
  private final double[] sums;
  private int count;
  private double total;

  Candidates(int vocabulary) {
    ids = new int[vocabulary];
    weights = new double[vocabulary];
    sums = new double[(vocabulary + STRETCH - 1) / STRETCH];
  }

  /** Chooses a token; {@code best} is the greatest logit and {@code uniform} is in [0, 1). */
  int choose(float[] logits, int vocabulary, float best, SamplingParams params, double uniform) {
    if (params.topK() > 0 && params.topK() <= INSERTED_MAX && params.topK() < vocabulary) {
      selectBest(logits, vocabulary, params.topK());
      weighSelected(logits, best, params);
      cutAt(params.topP());
      return draw(0, uniform);
    }
    Exponential.all(logits, vocabulary, best, 1.0 / params.temperature(), weights);
    if (params.topK() == 0 && params.topP() == 1 && params.minP() == 0) {
      return drawUncut(vocabulary, uniform);
    }
    collect(vocabulary, params.minP());
    if (params.topK() > 0 && params.topK() < count) {
      keepBest(params.topK());
    }
    return params.topP() < 1 ? draw(popNucleus(params.topP()), uniform) : draw(0, uniform);
  }

  // ---- without top-k, or with a large one: all candidates, in id order

  /** Draws from all weights: first a stretch of ids by its sum, then an id within. */
  private int drawUncut(int vocabulary, double uniform) {
    int stretches = (vocabulary + STRETCH - 1) / STRETCH;
    for (int s = 0; s < stretches; s++) {
      sums[s] = Exponential.sum(weights, s * STRETCH, Math.min(vocabulary, (s + 1) * STRETCH));
    }
    double left = uniform * Exponential.sum(sums, 0, stretches);
    int stretch = 0;
    while (stretch < stretches - 1 && left >= sums[stretch]) {
      left -= sums[stretch++];
    }
    int last = 0;
    for (int id = stretch * STRETCH; id < vocabulary; id++) {
      if (weights[id] > Exponential.NEGLIGIBLE) {
        last = id;
        left -= weights[id];
        if (left < 0) {
          return id;
        }
      }
    }
    // Only rounding leads here, and only at the end of the vocabulary.
    return last;
  }

  /** Closes the gaps that ruled-out candidates and those below min-p leave. */
  private void collect(int vocabulary, double minP) {
    double least = Math.max(minP, Exponential.NEGLIGIBLE);
    count = 0;
    for (int id = 0; id < vocabulary; id++) {
      double weight = weights[id];
      ids[count] = id;
      weights[count] = weight;
      count += weight >= least ? 1 : 0;
    }
    total = Exponential.sum(weights, 0, count);
  }

  /** Keeps the best k of all, best first. */
  private void keepBest(int k) {
    heapify(count);
    for (int end = count - 1; end >= count - k; end--) {
      swap(0, end);
      sink(0, end);
    }
    for (int i = 0; i < count / 2; i++) {
      swap(i, count - 1 - i);
    }
    count = k;
    total = Exponential.sum(weights, 0, k);
  }

  /**
   * Moves the smallest set of best candidates with the mass {@code topP} to the end of the arrays, worst
   * first, and gives where it starts. Candidates below an equal share of the remaining mass cannot be in
   * it, so only the others become a heap, from which the best are taken.
   */
  private int popNucleus(double topP) {
    double threshold = (1 - topP) * total / count;
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (weights[i] >= threshold) {
        swap(i, kept++);
      }
    }
    heapify(kept);
    double goal = topP * total;
    double mass = 0;
    int start = kept;
    do {
      mass += weights[0];
      swap(0, --start);
      sink(0, start);
    } while (start > 0 && mass < goal);
    count = kept;
    total = mass;
    return start;
  }

  private void heapify(int size) {
    for (int i = size / 2 - 1; i >= 0; i--) {
      sink(i, size);
    }
  }

  private void sink(int from, int size) {
    int parent = from;
    while (2 * parent + 1 < size) {
      int child = 2 * parent + 1;
      if (child + 1 < size && better(child + 1, child)) {
        child++;
      }
      if (better(parent, child)) {
        return;
      }
      swap(parent, child);
      parent = child;
    }
  }

  private boolean better(int a, int b) {
    return weights[a] > weights[b] || weights[a] == weights[b] && ids[a] < ids[b];
  }

  private void swap(int a, int b) {
    int id = ids[a];
    double weight = weights[a];
    ids[a] = ids[b];
    weights[a] = weights[b];
    ids[b] = id;
    weights[b] = weight;
  }

  // ---- with top-k: the best k, best first

  /** Puts the ids of the k greatest logits in front, sorted; ties keep id order. */
  private void selectBest(float[] logits, int vocabulary, int k) {
    count = 0;
    float least = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < vocabulary; id++) {
      float logit = logits[id];
      if (logit > least || count < k && logit == least && logit > Float.NEGATIVE_INFINITY) {
        insert(logits, id, k);
        least = count < k ? Float.NEGATIVE_INFINITY : logits[ids[count - 1]];
      }
    }
  }

  /** Inserts by binary search behind all that are not worse. */
  private void insert(float[] logits, int id, int k) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (logits[ids[middle]] >= logits[id]) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    count = Math.min(count + 1, k);
    System.arraycopy(ids, low, ids, low + 1, count - 1 - low);
    ids[low] = id;
  }

  private void weighSelected(float[] logits, float best, SamplingParams params) {
    double inverse = 1.0 / params.temperature();
    int selected = count;
    count = 0;
    total = 0;
    for (int i = 0; i < selected; i++) {
      double weight = Exponential.of(((double) logits[ids[i]] - best) * inverse);
      if (weight > 0 && weight >= params.minP()) {
        weights[count++] = weight;
        total += weight;
      }
    }
  }

  private void cutAt(double topP) {
    if (topP >= 1) {
      return;
    }
    double goal = topP * total;
    int taken = 0;
    total = 0;
    do {
      total += weights[taken++];
    } while (taken < count && total < goal);
    count = taken;
  }

  private int draw(int from, double uniform) {
    double goal = uniform * total;
    double mass = 0;
    for (int i = from; i < count; i++) {
      mass += weights[i];
      if (mass > goal) {
        return ids[i];
      }
    }
    return ids[count - 1];
  }
}
