package dev.ebb.cli.term;

/** Hears how a transfer goes on. One transfer at a time: begin, advance any number of times, end. */
public interface Progress {

  /** Hears nothing. */
  Progress NONE = new Progress() {
    @Override
    public void begin(String what, long bytesTotal) {}

    @Override
    public void at(long bytesDone) {}

    @Override
    public void end() {}
  };

  /**
   * A transfer begins.
   *
   * @param bytesTotal its size, 0 when it is not known
   */
  void begin(String what, long bytesTotal);

  /** {@code bytesDone} of it are there, those of an earlier attempt included. */
  void at(long bytesDone);

  /** It ended, well or not. */
  void end();
}
