package dev.ebb.runtime.metrics;

/** Upper bounds of vLLM's histograms. */
final class Buckets {
  private Buckets() {}

  /** Tokens of a request. vLLM ends at the model's context; one end for all models lets their series be added. */
  static final double[] TOKENS = {
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000,
    1_000_000
  };

  /** Tokens of an engine step. */
  static final double[] STEP_TOKENS = {1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384};

  /** Answers of a request. */
  static final double[] ANSWERS = {1, 2, 5, 10, 20};

  /** Preemptions of a request. */
  static final double[] PREEMPTIONS = {1, 2, 3, 4, 5, 10, 20};

  /** Seconds to the first token. */
  static final double[] FIRST_TOKEN = {
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560
  };

  /** Seconds between tokens. */
  static final double[] TOKEN_TIME = {
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80
  };

  /** Seconds of a request or of a part of it. */
  static final double[] REQUEST_TIME = {
    0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680
  };
}
