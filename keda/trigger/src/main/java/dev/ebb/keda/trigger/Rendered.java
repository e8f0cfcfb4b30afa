package dev.ebb.keda.trigger;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A trigger as KEDA takes it, all variables filled in.
 *
 * @param type KEDA's name of the trigger's type
 * @param name of the trigger, for formulas and messages
 * @param metadata KEDA's fields, in an order that is the same for equal triggers
 * @param authentication name of a TriggerAuthentication in the namespace
 */
public record Rendered(String type, Optional<String> name, Map<String, String> metadata,
    Optional<String> authentication) {

  /** Copies the metadata, in their order. */
  public Rendered {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }
}
