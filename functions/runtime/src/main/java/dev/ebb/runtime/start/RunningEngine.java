package dev.ebb.runtime.start;

import dev.ebb.engine.Engine;
import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.kv.Arena;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.tokenizer.Tokenizer;

/** An engine with all that it stands on; closing it closes everything in the right order. */
public record RunningEngine(ModelFile model, Tokenizer tokenizer, Backend backend, Arena arena, Engine engine)
    implements AutoCloseable {

  @Override
  public void close() {
    // Nested so that a failure to close one thing does not keep the others open.
    try (model; arena; backend; engine) {
      // closing is all there is to do
    }
  }
}
