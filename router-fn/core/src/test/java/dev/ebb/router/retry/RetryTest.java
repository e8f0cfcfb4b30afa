package dev.ebb.router.retry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.router.retry.RelayedAnswer.Fresh;
import dev.ebb.router.retry.RetryPolicy.Attempts;
import dev.ebb.router.retry.RetryPolicy.Failure;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetryTest {

  @Test
  void aCrashIsMadeUpForOnce() {
    Attempts attempts = RetryPolicy.standard().attempts();
    assertTrue(attempts.again(Failure.CRASHED));
    assertFalse(attempts.again(Failure.CRASHED));
    assertEquals(2, attempts.count());
  }

  @Test
  void notNowIsWaitedOutForAWhileAndCostsNoCrash() {
    Attempts attempts = new RetryPolicy(1, 3).attempts();
    for (int i = 0; i < 3; i++) {
      assertTrue(attempts.again(Failure.NOT_NOW));
    }
    assertTrue(attempts.again(Failure.CRASHED));
    assertFalse(attempts.again(Failure.NOT_NOW));
  }

  @Test
  void aPreemptionAndSomebodyElsesAnswerCostNothingHoweverOften() {
    Attempts attempts = RetryPolicy.standard().attempts();
    for (int i = 0; i < 100; i++) {
      assertTrue(attempts.again(Failure.TAKEN));
      assertTrue(attempts.again(Failure.NOT_REACHED));
    }
    assertTrue(attempts.again(Failure.CRASHED), "the one retry after a crash is still there");
    assertFalse(attempts.again(Failure.CRASHED));
    assertEquals(202, attempts.count(), "each attempt has a name of its own");
  }

  @Test
  void whoGetsFurtherDidNotMakeTheCrash() {
    Attempts attempts = RetryPolicy.standard().attempts();
    for (int i = 0; i < 10; i++) {
      assertTrue(attempts.again(Failure.CRASHED));
      attempts.forgiveCrashes();
    }
    assertTrue(attempts.again(Failure.CRASHED));
    assertFalse(attempts.again(Failure.CRASHED));
  }

  @Test
  void pausesGrowWhileNobodyAnswersAndAreShortAgainAfterwards() {
    Attempts attempts = RetryPolicy.patient().attempts();
    long before = 0;
    for (int i = 0; i < 40; i++) {
      assertTrue(attempts.again(new Failure[] {Failure.NOT_REACHED, Failure.NOT_NOW, Failure.TAKEN}[i % 3]));
      assertTrue(attempts.pauseMs() >= before);
      before = attempts.pauseMs();
    }
    assertEquals(1_000, before);
    attempts.again(Failure.CRASHED);
    assertEquals(25, attempts.pauseMs());
  }

  @Test
  void whatWouldFailAgainIsNotRepeated() {
    assertFalse(RetryPolicy.standard().attempts().again(Failure.FINAL));
  }

  @Test
  void anAnswerGoesOnWhereItBroke() {
    RelayedAnswer answer = new RelayedAnswer();
    assertEquals(new Fresh(0, "Hel"), answer.accept(2, "Hel"));
    answer.restart();
    assertEquals(new Fresh(1, ""), answer.accept(1, "H"));
    assertEquals(new Fresh(1, "lo"), answer.accept(2, "ello"));
    assertEquals(3, answer.tokens());
    assertTrue(answer.finish());
    assertFalse(answer.finish(), "its end is told once");
  }

  /** However two attempts are cut into pieces and wherever the first breaks, the caller gets all of it once. */
  @Test
  void everyCutOfEveryAttemptGivesTheSameAnswer() {
    Random random = new Random(7);
    String text = "The lighthouse keeper wrote the hour.";
    for (int round = 0; round < 2_000; round++) {
      RelayedAnswer answer = new RelayedAnswer();
      StringBuilder got = new StringBuilder();
      int tokens = 0;
      int attempts = 1 + random.nextInt(3);
      for (int attempt = 0; attempt < attempts; attempt++) {
        answer.restart();
        int end = attempt == attempts - 1 ? text.length() : random.nextInt(text.length() + 1);
        tokens += relay(answer, text.substring(0, end), random, got);
      }
      assertEquals(text, got.toString());
      assertEquals(text.length(), tokens, "one token a character here");
    }
  }

  /** Sends a text in random pieces, its tokens ahead of it by up to three; returns how many tokens were new. */
  private static int relay(RelayedAnswer answer, String text, Random random, StringBuilder got) {
    int fresh = 0;
    int tokensSent = 0;
    int charsSent = 0;
    while (tokensSent < text.length() || charsSent < text.length()) {
      int tokens = Math.min(text.length() - tokensSent, random.nextInt(4));
      tokensSent += tokens;
      int lag = tokensSent < text.length() ? random.nextInt(4) : 0;
      int chars = Math.max(0, tokensSent - charsSent - lag);
      Fresh piece = answer.accept(tokens, text.substring(charsSent, charsSent + chars));
      charsSent += chars;
      fresh += tokens - piece.firstToken();
      got.append(piece.text());
    }
    return fresh;
  }
}
