package dev.ebb.keda.resource;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;

/** KEDA's {@code TriggerAuthentication}: from which Secrets a trigger takes its parameters. */
@Group("keda.sh")
@Version("v1alpha1")
public class TriggerAuthentication extends CustomResource<TriggerAuthentication.Spec, Void> implements Namespaced {
  /** Where the parameters come from. */
  public static class Spec extends Open {
    public List<SecretTarget> secretTargetRef;
  }

  /** One parameter out of one key of a Secret. */
  public static class SecretTarget extends Open {
    /** The trigger's parameter, for example {@code bearerToken}. */
    public String parameter;
    /** The Secret's name. */
    public String name;
    public String key;
  }
}
