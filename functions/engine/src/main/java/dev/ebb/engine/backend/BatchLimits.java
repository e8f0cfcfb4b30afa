package dev.ebb.engine.backend;

/**
 * The greatest batch that a backend will be given; for a greater one it need not have memory.
 *
 * @param tokens of all sequences, at least one of each
 * @param sequences in one batch, at least 1; also draws from its logits
 * @param outputs rows of logits
 */
public record BatchLimits(int tokens, int sequences, int outputs) {
  public BatchLimits {
    if (sequences < 1 || tokens < sequences || outputs < 0) {
      throw new IllegalArgumentException("no batch is within %d tokens, %d sequences, %d outputs"
          .formatted(tokens, sequences, outputs));
    }
  }
}
