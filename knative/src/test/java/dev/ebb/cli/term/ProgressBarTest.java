package dev.ebb.cli.term;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final AtomicLong clock = new AtomicLong();

  private ProgressBar bar(int columns) {
    return new ProgressBar(new PrintStream(shown, true, StandardCharsets.UTF_8), columns, clock::get);
  }

  private String last() {
    String[] lines = shown.toString(StandardCharsets.UTF_8).split("\r");
    return lines[lines.length - 1].replace("\u001b[K", "").stripTrailing();
  }

  @Test
  void showsShareSizeRateAndTimeLeft() {
    ProgressBar bar = bar(100);
    bar.begin("model", 100_000_000);
    bar.at(0);
    clock.set(2_000_000_000L);
    bar.at(20_000_000);
    assertEquals("model  20% [########--------------------------------] 20.0 MB/100 MB 10.0 MB/s 8s", last());
  }

  @Test
  void rateCountsOnlyWhatCameNow() {
    ProgressBar bar = bar(100);
    bar.begin("model", 100_000_000);
    bar.at(80_000_000);
    clock.set(1_000_000_000L);
    bar.at(81_000_000);
    assertTrue(last().endsWith("81.0 MB/100 MB 1.0 MB/s 19s"), last());
  }

  @Test
  void fitsANarrowTerminal() {
    ProgressBar bar = bar(50);
    bar.begin("a-model-of-some-name", 1_000);
    bar.at(500);
    assertTrue(last().length() <= 56, last());
    assertTrue(last().startsWith("a-model-of-some-name  50%"), last());
  }

  @Test
  void anUnknownSizeShowsWhatCame() {
    ProgressBar bar = bar(80);
    bar.begin("model", 0);
    bar.at(1_500);
    assertEquals("model  1.5 kB  0 B/s", last());
  }

  @Test
  void drawsTenTimesASecondAtMost() {
    ProgressBar bar = bar(80);
    bar.begin("model", 1000);
    for (int i = 0; i < 1000; i++) {
      clock.addAndGet(1_000_000);
      bar.at(i);
    }
    long draws = shown.toString(StandardCharsets.UTF_8).chars().filter(c -> c == '\r').count();
    assertTrue(draws <= 11, draws + " draws in a second");
  }

  @Test
  void noTerminalHearsNothing() {
    Terminal files = Terminal.none(new PrintStream(shown), new PrintStream(shown));
    Progress progress = ProgressBar.on(files);
    progress.begin("model", 10);
    progress.at(5);
    progress.end();
    assertEquals(0, shown.size());
  }
}
