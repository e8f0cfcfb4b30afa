package dev.ebb.runtime.work;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ebb.events.EventJson;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Gives Funqy the mapping of the events in place of the framework's own. */
@Singleton
public class WireMapper {
  @Produces
  @Singleton
  ObjectMapper mapper() {
    return EventJson.MAPPER.copy();
  }
}
