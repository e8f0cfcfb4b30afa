package dev.ebb.router.app.event;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ebb.events.EventJson;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;

/** Lets Funqy read no deeper JSON than the rest of the router does. */
@Singleton
public class DepthLimit implements ObjectMapperCustomizer {
  @Override
  public void customize(ObjectMapper mapper) {
    mapper.getFactory().setStreamReadConstraints(EventJson.shallow().streamReadConstraints());
  }
}
