package dev.ebb.cli;

import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.backend.BackendProvider;
import dev.ebb.engine.kv.KvLayout;
import java.util.List;

/**
 * A backend that cannot run here.
 *
 * @param why in its own words
 */
public record LackingBackend(String name, String why) implements BackendProvider {

  @Override
  public Availability availability() {
    return new Availability(false, why);
  }

  @Override
  public List<KvLayout.Type> kvTypes() {
    return List.of();
  }

  @Override
  public Backend open(int threads, KvLayout.Type kvType) {
    throw new IllegalStateException("not asked for");
  }
}
