package dev.ebb.kueue.quota;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * One resource in one flavor at one place of the tree: a ClusterQueue at a leaf, a cohort above. Kueue's documentation
 * of cohorts says how they add up: a pool keeps what its lending limit does not let go, and hands the rest up; what it
 * uses comes first from what it keeps, and the rest, within its borrowing limit, from above.
 */
final class Pool {
  private final BigDecimal own;
  private final BigDecimal ownUsed;
  private final BigDecimal borrowingLimit;
  private final BigDecimal lendingLimit;
  private final List<Pool> members = new ArrayList<>();
  private Pool above;

  /**
   * A pool that belongs to nothing yet.
   *
   * @param borrowingLimit null: none
   * @param lendingLimit null: none
   */
  Pool(BigDecimal own, BigDecimal ownUsed, BigDecimal borrowingLimit, BigDecimal lendingLimit) {
    this.own = own;
    this.ownUsed = ownUsed;
    this.borrowingLimit = borrowingLimit;
    this.lendingLimit = lendingLimit;
  }

  void join(Pool cohort) {
    above = cohort;
    cohort.members.add(this);
  }

  /** What could be held now, in addition; negative where more is held than there is. */
  BigDecimal left() {
    if (above == null) {
      return all().subtract(used());
    }
    BigDecimal keptLeft = kept().subtract(used()).max(BigDecimal.ZERO);
    BigDecimal fromAbove = above.left();
    if (borrowingLimit != null) {
      BigDecimal handedUpLeft = all().subtract(kept()).subtract(usedAbove());
      fromAbove = fromAbove.min(handedUpLeft.add(borrowingLimit));
    }
    return keptLeft.add(fromAbove);
  }

  /** What could be held if nobody held anything. */
  BigDecimal most() {
    if (above == null) {
      return all();
    }
    BigDecimal most = kept().add(above.most());
    return borrowingLimit == null ? most : most.min(all().add(borrowingLimit));
  }

  private BigDecimal all() {
    return members.stream().map(member -> member.all().subtract(member.kept())).reduce(own, BigDecimal::add);
  }

  private BigDecimal used() {
    return members.stream().map(Pool::usedAbove).reduce(ownUsed, BigDecimal::add);
  }

  private BigDecimal kept() {
    return lendingLimit == null ? BigDecimal.ZERO : all().subtract(lendingLimit).max(BigDecimal.ZERO);
  }

  private BigDecimal usedAbove() {
    return used().subtract(kept()).max(BigDecimal.ZERO);
  }
}
