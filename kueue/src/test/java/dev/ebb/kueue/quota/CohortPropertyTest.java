package dev.ebb.kueue.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * What is left by {@link Pool} against the most that may be added by the limits alone: a queue holds at most its own
 * and its borrowing limit, and what all hold beyond what they keep is at most what all hand up and the cohort has.
 */
class CohortPropertyTest {
  private record Queue(int nominal, int used, Integer borrowing, Integer lending) {
    static Queue random(SplittableRandom random) {
      int nominal = random.nextInt(6);
      return new Queue(nominal, random.nextInt(5), random.nextBoolean() ? null : random.nextInt(4),
          random.nextBoolean() ? null : random.nextInt(nominal + 1));
    }

    Queue holding(int more) {
      return new Queue(nominal, used + more, borrowing, lending);
    }

    int kept() {
      return lending == null ? 0 : nominal - lending;
    }

    boolean withinBorrowing() {
      return borrowing == null || used <= nominal + borrowing;
    }

    Pool pool() {
      return new Pool(number(nominal), number(used), number(borrowing), number(lending));
    }
  }

  private static BigDecimal number(Integer value) {
    return value == null ? null : BigDecimal.valueOf(value);
  }

  private static boolean allowed(int pool, List<Queue> queues) {
    int shared = pool + queues.stream().mapToInt(queue -> queue.nominal() - queue.kept()).sum();
    int taken = queues.stream().mapToInt(queue -> Math.max(0, queue.used() - queue.kept())).sum();
    return taken <= shared && queues.stream().allMatch(Queue::withinBorrowing);
  }

  private static int most(int pool, List<Queue> queues, int index) {
    int more = 0;
    while (more < 100) {
      List<Queue> next = new ArrayList<>(queues);
      next.set(index, queues.get(index).holding(more + 1));
      if (!allowed(pool, next)) {
        return more;
      }
      more++;
    }
    return more;
  }

  @Test
  void leftIsTheMostThatTheLimitsAllow() {
    int checked = 0;
    for (long seed = 0; seed < 20_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int shared = random.nextInt(4);
      List<Queue> queues = new ArrayList<>();
      for (int i = random.nextInt(1, 5); i > 0; i--) {
        queues.add(Queue.random(random));
      }
      if (!allowed(shared, queues)) {
        continue;
      }
      Pool cohort = new Pool(number(shared), BigDecimal.ZERO, null, null);
      List<Pool> pools = queues.stream().map(Queue::pool).toList();
      pools.forEach(pool -> pool.join(cohort));
      for (int i = 0; i < pools.size(); i++) {
        assertEquals(most(shared, queues, i), pools.get(i).left().intValueExact(), "seed " + seed + ", queue " + i);
      }
      checked++;
    }
    assertTrue(checked > 3_000, "enough of the random states are possible: " + checked);
  }
}
