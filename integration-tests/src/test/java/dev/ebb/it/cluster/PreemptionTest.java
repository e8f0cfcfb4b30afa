package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.it.cluster.harness.Installation;
import dev.ebb.it.cluster.harness.Quota;
import dev.ebb.it.cluster.harness.StreamedAnswer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Somebody with a higher priority takes the GPU of a decode in mid-stream. */
@Tag("cluster")
final class PreemptionTest {
  private static final String PROMPT = "Once upon a time in a small harbour town, a clockmaker";
  /** So many that the answer outlasts the 30 s that a preempted function may go on. */
  private static final int TOKENS = 4_500;

  private final Installation ebb = Installation.shared();

  @AfterEach
  void restore() {
    Quota.leave("ebb");
    Quota.gpus("ebb", "serving", 2);
  }

  /** Pitfall 8. The answer goes on where quota is, with no token twice and none left out. */
  @DisplayName("pitfall 8: preemption in mid-decode")
  @Test
  void aPreemptedStreamGoesOnWithoutATokenTwiceOrMissing() {
    // Of several pods another might be taken.
    Installation.awaitZero();
    Quota.gpus("ebb", "serving", 1);
    try (StreamedAnswer answer = begin()) {
      answer.awaitTokens(20);
      // The wake has its own such line, where Kueue took a moment.
      int told = answer.comments().size();
      Quota.occupy("ebb", "serving", "ebb-urgent");
      String line = answer.awaitComment("waiting for quota", told);
      int before = answer.tokens().size();
      Quota.awaitOccupied("ebb");
      Quota.leave("ebb");
      List<Integer> tokens = answer.whole();
      assertTrue(before < TOKENS, "it was not over before it was told to wait");
      System.out.println("preempted after " + before + " tokens, told: " + line);
      try (StreamedAnswer undisturbed = begin()) {
        assertEquals(undisturbed.whole(), tokens);
      }
      assertEquals(TOKENS, tokens.size());
    }
  }

  private StreamedAnswer begin() {
    return StreamedAnswer.begin(ebb.router(), Installation.MODEL, PROMPT, TOKENS);
  }
}
