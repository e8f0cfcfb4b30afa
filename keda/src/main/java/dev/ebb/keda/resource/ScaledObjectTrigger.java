package dev.ebb.keda.resource;

import dev.ebb.keda.trigger.Rendered;
import java.util.LinkedHashMap;
import java.util.Map;

/** One trigger of a {@link ScaledObject}; its metadata are strings, numbers and truth values too. */
public class ScaledObjectTrigger extends Open {
  public String type;
  public String name;
  public Map<String, String> metadata;
  public AuthenticationRef authenticationRef;

  /** A rendered trigger as part of a ScaledObject. */
  public static ScaledObjectTrigger of(Rendered rendered) {
    ScaledObjectTrigger trigger = new ScaledObjectTrigger();
    trigger.type = rendered.type();
    trigger.name = rendered.name().orElse(null);
    trigger.metadata = new LinkedHashMap<>(rendered.metadata());
    trigger.authenticationRef = rendered.authentication().map(AuthenticationRef::to).orElse(null);
    return trigger;
  }

  /** A {@link TriggerAuthentication} of the same namespace, or a ClusterTriggerAuthentication by its kind. */
  public static class AuthenticationRef extends Open {
    public String name;
    public String kind;

    static AuthenticationRef to(String name) {
      AuthenticationRef reference = new AuthenticationRef();
      reference.name = name;
      return reference;
    }
  }
}
