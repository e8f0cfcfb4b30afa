package dev.ebb.keda.resource;

import java.util.Map;

/** One trigger of a {@link ScaledObject}; its metadata are strings, numbers and truth values too. */
public class ScaledObjectTrigger extends Open {
  public String type;
  public String name;
  public Map<String, String> metadata;
  public AuthenticationRef authenticationRef;

  /** A {@link TriggerAuthentication} of the same namespace, or a ClusterTriggerAuthentication by its kind. */
  public static class AuthenticationRef extends Open {
    public String name;
    public String kind;
  }
}
