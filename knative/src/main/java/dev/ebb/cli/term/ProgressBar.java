package dev.ebb.cli.term;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * One line on the terminal that is redrawn in place: name, percent, bar, sizes, rate, time left. The rate counts only
 * what came since {@link #begin}, so a resumed transfer does not look fast.
 */
public final class ProgressBar implements Progress {
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final int BAR_MAX = 40;

  private final PrintStream out;
  private final int columns;
  private final LongSupplier nanos;
  private String what = "";
  private long total;
  private long first = -1;
  private long done;
  private long startedAt;
  private long drawnAt;

  ProgressBar(PrintStream out, int columns, LongSupplier nanos) {
    this.out = out;
    this.columns = columns;
    this.nanos = nanos;
  }

  /** A bar on standard error where that is a terminal, else silence. */
  public static Progress on(Terminal terminal) {
    return terminal.err() ? new ProgressBar(terminal.stderr(), terminal.columns(), System::nanoTime) : NONE;
  }

  @Override
  public void begin(String what, long bytesTotal) {
    this.what = what;
    total = bytesTotal;
    first = -1;
    done = 0;
    startedAt = nanos.getAsLong();
    drawnAt = startedAt - REDRAW_NANOS;
  }

  @Override
  public void at(long bytesDone) {
    if (first < 0) {
      first = bytesDone;
    }
    done = bytesDone;
    long now = nanos.getAsLong();
    if (now - drawnAt >= REDRAW_NANOS) {
      drawnAt = now;
      draw(now);
    }
  }

  @Override
  public void end() {
    draw(nanos.getAsLong());
    out.println();
  }

  private void draw(long now) {
    String line = line(now);
    out.print("\r" + line + "\u001b[K");
    out.flush();
  }

  private String line(long now) {
    double seconds = (now - startedAt) / 1e9;
    double rate = seconds > 0 ? Math.max(0, done - Math.max(first, 0)) / seconds : 0;
    if (total <= 0) {
      return String.format(Locale.ROOT, "%s  %s  %s/s", what, Sizes.bytes(done), Sizes.bytes(rate));
    }
    String head = String.format(Locale.ROOT, "%s %3d%% ", what, Math.min(100, 100 * done / total));
    String tail = String.format(
        Locale.ROOT, " %s/%s %s/s %s", Sizes.bytes(done), Sizes.bytes(total), Sizes.bytes(rate), left(rate));
    int width = Math.clamp(columns - head.length() - tail.length() - 3L, 0, BAR_MAX);
    return head + bar(width) + tail;
  }

  private String left(double rate) {
    if (done >= total) {
      return "";
    }
    return rate < 1 ? "--" : Sizes.seconds(Math.round((total - done) / rate));
  }

  private String bar(int width) {
    if (width < 5) {
      return "";
    }
    int full = (int) Math.min(width, width * done / total);
    return "[" + "#".repeat(full) + "-".repeat(width - full) + "]";
  }
}
