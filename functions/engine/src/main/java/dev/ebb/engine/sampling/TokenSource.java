package dev.ebb.engine.sampling;

/** The tokens of a sequence as the sampler sees them: prompt first, then the answer. */
public interface TokenSource {
  int size();

  int token(int index);

  /** Tokens of the prompt; the others are generated. */
  int promptLength();
}
