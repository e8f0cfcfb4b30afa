package dev.ebb.router.app.event;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ebb.router.app.openai.CallersJson;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;

/** Lets Funqy read no deeper JSON, and no more of it, than the rest of the router does. */
@Singleton
public class JsonLimits implements ObjectMapperCustomizer {
  @Override
  public void customize(ObjectMapper mapper) {
    mapper.getFactory().setStreamReadConstraints(CallersJson.LIMITS);
  }
}
