package dev.ebb.engine.schedule;

import dev.ebb.engine.kv.Arena;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.kv.PrefixMatch;
import dev.ebb.engine.sequence.BlockTable;
import dev.ebb.engine.sequence.Sequence;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.IntSupplier;

/**
 * Continuous batching with chunked prefill. Each step serves running sequences that decode first, then
 * running prompts, then admits waiting sequences, each group in {@link Sequence#ORDER}. A sequence gets
 * the blocks of all its tokens when it is admitted and one more whenever it grows into it; when there
 * is none, a waiting sequence that holds blocks, unless it stands before it, or the last that runs gives
 * them up and computes again later. What the first that waits needs is told to the arena's other processes
 * ({@link dev.ebb.engine.kv.Wants}).
 */
public final class Scheduler {
  private final Arena arena;
  private final StepLimits limits;
  private final Publisher publisher;
  private final NavigableSet<Sequence> running = new TreeSet<>(Sequence.ORDER);
  private final NavigableSet<Sequence> waiting = new TreeSet<>(Sequence.ORDER);
  private final OwnWant want;

  public Scheduler(Arena arena, StepLimits limits) {
    this.arena = arena;
    this.limits = limits;
    this.want = new OwnWant(arena.wants());
    this.publisher = new Publisher(arena, limits.prefixCache());
  }

  /** Lets a sequence wait for a seat; it may hold blocks already. */
  public void add(Sequence sequence) {
    waiting.add(sequence);
  }

  /** Removes a sequence and releases its blocks; those computed completely stay cached. */
  public void remove(Sequence sequence) {
    running.remove(sequence);
    waiting.remove(sequence);
    try (Arena.Scope scope = arena.scope()) {
      arena.release(sequence.reset());
      want.end(sequence);
    }
  }

  public int running() {
    return running.size();
  }

  public int waiting() {
    return waiting.size();
  }

  /** Plans the next step; empty when nothing can run. */
  public StepPlan plan() {
    StepPlan plan = new StepPlan();
    StepBudget budget = new StepBudget(limits);
    try (Arena.Scope scope = arena.scope()) {
      planDecodes(plan, budget);
      planPrompts(plan, budget);
      if (plan.preemptions() == 0) {
        admit(plan, budget);
      }
    }
    return plan;
  }

  private void planDecodes(StepPlan plan, StepBudget budget) {
    for (Sequence sequence : List.copyOf(running)) {
      // An earlier one of this loop may have preempted it.
      if (sequence.decoding() && running.contains(sequence) && grow(sequence, plan)) {
        plan.add(sequence, budget.take(sequence));
      }
    }
  }

  private void planPrompts(StepPlan plan, StepBudget budget) {
    for (Sequence sequence : running) {
      int count = sequence.decoding() ? 0 : budget.take(sequence);
      if (count > 0) {
        plan.add(sequence, count);
      }
    }
  }

  /** Makes room for the next token; false when the sequence itself had to give way. */
  private boolean grow(Sequence sequence, StepPlan plan) {
    if (BlockTable.blocksFor(sequence.tokens().size()) <= sequence.blocks().size()) {
      return true;
    }
    while (!obtain(1)) {
      Sequence victim = victim(sequence);
      preempt(victim, plan);
      if (victim == sequence) {
        return false;
      }
    }
    sequence.blocks().append(arena.allocate(1));
    return true;
  }

  /**
   * Who gives way to {@code sequence}, perhaps itself: the last that waits with blocks, or the last that runs where
   * that one stands behind it.
   */
  private Sequence victim(Sequence sequence) {
    Sequence last = running.isEmpty() ? sequence : running.last();
    for (Sequence candidate : waiting.descendingSet()) {
      if (candidate.blocks().size() > 0 && candidate != sequence) {
        return Sequence.ORDER.compare(candidate, last) < 0 ? last : candidate;
      }
    }
    return last;
  }

  private void preempt(Sequence sequence, StepPlan plan) {
    arena.release(sequence.preempt());
    if (running.remove(sequence)) {
      waiting.add(sequence);
    }
    plan.preempted();
  }

  private boolean obtain(int blocks) {
    return obtain(blocks, () -> 0);
  }

  /**
   * Whether there are so many blocks, with those that dead processes held.
   *
   * @param others how many must be left to others, who may be dead as well
   */
  private boolean obtain(int blocks, IntSupplier others) {
    if (arena.available() - others.getAsInt() < blocks) {
      arena.reclaimDead();
    }
    return arena.available() - others.getAsInt() >= blocks;
  }

  private void admit(StepPlan plan, StepBudget budget) {
    boolean admitted = true;
    while (admitted && !waiting.isEmpty() && room(budget)) {
      Sequence first = waiting.first();
      admitted = admit(first, plan, budget);
      if (!admitted) {
        admitHolders(first, plan, budget);
        admitted = running.isEmpty() && preemptFor(first, plan, budget);
      }
    }
    if (!room(budget) && !running.isEmpty() && want.behind(running.last())) {
      // All that runs stands before it, so it lacks a seat or tokens and not blocks.
      want.makeWay();
    }
  }

  private boolean room(StepBudget budget) {
    return running.size() < limits.maxSequences() && budget.tokens() > 0;
  }

  /**
   * Those that hold blocks need few more and free theirs the sooner, so they do not wait behind the first; the less
   * urgent do, since it may need the blocks that they hold.
   */
  private void admitHolders(Sequence first, StepPlan plan, StepBudget budget) {
    List<Sequence> holders = waiting.stream()
        .filter(one -> holds(one) && one.priority() <= first.priority()).toList();
    for (Sequence sequence : holders) {
      if (room(budget)) {
        admit(sequence, plan, budget);
      }
    }
  }

  private static boolean holds(Sequence sequence) {
    return sequence.blocks().size() > 0;
  }

  /**
   * Where nothing runs here and nothing can, those that wait with blocks give them up for the first, the last of them
   * first. If that is not enough, other processes hold the space; a sequence that held on to blocks while it waits
   * for them could wait for one that waits for it.
   */
  private boolean preemptFor(Sequence first, StepPlan plan, StepBudget budget) {
    for (Sequence victim = victim(first); victim != first; victim = victim(first)) {
      preempt(victim, plan);
      if (admit(first, plan, budget)) {
        return true;
      }
    }
    arena.release(first.reset());
    return false;
  }

  /** Gives a waiting sequence a seat and its blocks; false when there are too few. */
  private boolean admit(Sequence sequence, StepPlan plan, StepBudget budget) {
    boolean held = holds(sequence);
    PrefixMatch match = findPrefix(sequence);
    int needed = BlockTable.blocksFor(sequence.tokens().size()) - sequence.blocks().size();
    // Where others run, each may need a block soon; admitting into that space would end in a preemption.
    int wanted = needed + running.size();
    // Who holds blocks goes on; before others of its kind, processes that have waited for long may stand.
    if (!obtain(wanted, () -> held ? 0 : arena.wants().setAside(sequence.priority()))) {
      // What was found may be evicted from now on, and is needed all the same.
      int found = held ? 0 : letGo(sequence);
      if (sequence == waiting.first()) {
        want.declare(sequence, wanted + found);
      }
      return false;
    }
    sequence.blocks().append(arena.allocate(needed));
    seat(sequence, match, plan, budget);
    if (!held) {
      arena.wants().overtake(sequence.priority());
    }
    want.end(sequence);
    return true;
  }

  /** Gives back what a sequence holds; how many blocks are available by that. */
  private int letGo(Sequence sequence) {
    int before = arena.available();
    arena.release(sequence.reset());
    return arena.available() - before;
  }

  private void seat(Sequence sequence, PrefixMatch match, StepPlan plan, StepBudget budget) {
    waiting.remove(sequence);
    running.add(sequence);
    int found = match.blocks().length - match.localBlocks();
    plan.admitted(new Admission(sequence, match.localBlocks() * KvLayout.BLOCK_TOKENS, found * KvLayout.BLOCK_TOKENS));
    int count = budget.take(sequence);
    if (count > 0) {
      plan.add(sequence, count);
    }
  }

  /** Holds cached blocks of the sequence's start; at least one token is left to compute, for its logits. */
  private PrefixMatch findPrefix(Sequence sequence) {
    boolean look = limits.prefixCache() && sequence.blocks().size() == 0;
    int limit = look ? sequence.logitsFrom() / KvLayout.BLOCK_TOKENS : 0;
    PrefixMatch match = arena.acquirePrefix(look ? sequence.hashes() : List.of(), limit);
    sequence.blocks().append(match.blocks());
    if (match.blocks().length > 0) {
      sequence.computed(match.blocks().length * KvLayout.BLOCK_TOKENS);
      sequence.blocks().published(match.blocks().length);
    }
    return match;
  }

  /** Makes the blocks that a step filled visible by their hashes. */
  public void publish(StepPlan plan) {
    publisher.publish(plan.steps());
  }

  /**
   * Lets {@code child} go on from the computed prompt of {@code parent}: it shares the full blocks and
   * gets a copy of the partly filled one. Without a seat or a block for it, the child waits and computes
   * what it finds no more in the cache.
   *
   * @return source and target of the block copy to make before the next step; empty for none
   */
  public int[] fork(Sequence parent, Sequence child) {
    int prompt = parent.tokens().promptLength();
    int full = prompt / KvLayout.BLOCK_TOKENS;
    boolean partial = prompt % KvLayout.BLOCK_TOKENS != 0;
    if (running.size() >= limits.maxSequences() || partial && !obtain(1 + running.size())) {
      waiting.add(child);
      return new int[0];
    }
    for (int i = 0; i < full; i++) {
      arena.share(parent.blocks().block(i));
      child.blocks().append(parent.blocks().block(i));
    }
    child.blocks().published(full);
    child.computed(prompt);
    running.add(child);
    if (!partial) {
      return new int[0];
    }
    child.blocks().append(arena.allocate(1));
    return new int[] {parent.blocks().block(full), child.blocks().block(full)};
  }
}
