package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All objects of an installation. */
public final class Rendering {
  /** Stands at the head of everything that is rendered. */
  static final String NOTE = "# Rendered by ebb from an ebb.yaml: change that and render again.\n";

  private static final List<Function<EbbYaml, List<Manifest>>> KINDS = List.of(
      NamespaceObject::of, ResourceFlavors::of, PriorityClasses::of, ClusterQueues::of, LocalQueues::of,
      ServiceAccounts::of, ClusterRoles::of, ClusterRoleBindings::of, Roles::of, RoleBindings::of,
      NetworkPolicies::of, ArenaClaims::volumes, ArenaClaims::claims, ModelClaims::of, PullJobs::of,
      RouterDeployments::of, FunctionDeployments::of, Services::of, TriggerAuthentications::of, KnativeServices::of,
      ScaledObjects::of, PodMonitors::of, DisruptionBudgets::of, Ingresses::of, Brokers::of, EventTriggers::of,
      JobSinks::of);

  private Rendering() {}

  /** The objects in the order in which they can be applied; equal input, equal output. */
  public static List<Manifest> of(EbbYaml yaml) {
    return KINDS.stream().flatMap(kind -> kind.apply(yaml).stream())
        .sorted(Comparator.comparing(Manifest::kind).thenComparing(Manifest::name)).toList();
  }

  /** All objects as one stream of YAML documents. */
  public static String stream(List<Manifest> manifests) {
    return NOTE + manifests.stream().map(Manifest::text).collect(Collectors.joining("---\n"));
  }

  /** What the cluster must have or somebody must know, a sentence each. */
  public static List<String> notes(EbbYaml yaml) {
    return Stream.concat(Notes.needs(yaml).stream(), Warnings.of(yaml).stream()).toList();
  }

  /** What somebody must know of a file that is right, a sentence each. */
  public static List<String> warnings(EbbYaml yaml) {
    return Warnings.of(yaml);
  }

  /** What Knative Serving must be told beyond its defaults. */
  public static List<KnativeSetting> settings(EbbYaml yaml) {
    return Notes.settings(yaml);
  }

  /** Every kind that is ever rendered, in the order of applying. */
  public static List<ObjectKind> kinds() {
    return Stream.of(Kind.values()).map(Kind::objectKind).toList();
  }

  /** Labels of all objects of an installation. */
  public static Map<String, String> labels(String name) {
    return Labels.of(name);
  }
}
