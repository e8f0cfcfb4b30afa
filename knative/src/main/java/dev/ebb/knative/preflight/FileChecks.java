package dev.ebb.knative.preflight;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.ModelSpec;
import dev.ebb.knative.config.PhaseSpec;
import dev.ebb.knative.config.Toleration;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What one {@code ebb.yaml} needs to find on a cluster: nodes, devices, claims, a free name. */
final class FileChecks {
  private final ClusterFacts facts;
  private final EbbYaml yaml;

  FileChecks(ClusterFacts facts, EbbYaml yaml) {
    this.facts = facts;
    this.yaml = yaml;
  }

  List<Finding> all() {
    List<Finding> findings = new ArrayList<>();
    name(findings);
    yaml.models().forEach(model -> findings.add(nodes(model)));
    findings.addAll(devices());
    findings.addAll(claims());
    facts.runtimeClasses().ifPresent(there -> findings.addAll(runtimeClasses(there)));
    return findings;
  }

  private void name(List<Finding> findings) {
    if (!facts.sameName().isEmpty()) {
      String other = facts.sameName().getFirst();
      findings.add(Finding.error("name", "an installation " + yaml.name() + " is in namespace " + other
          + " already, and both would want the same cluster-wide objects",
          "choose another name, or ebb undeploy --name " + yaml.name() + " -n " + other));
    }
    facts.neighbours().stream().sorted().forEach(other -> findings.add(Finding.error("namespace", "the installation "
        + other + " is in namespace " + yaml.namespace() + ", and its accounts, policies and queues would become those"
        + " of " + yaml.name(), "choose another namespace, or first ebb undeploy --name " + other + " -n "
        + yaml.namespace() + ", which keeps models that were pulled")));
  }

  /** That some node fits a model's functions: labels, taints, and the devices of one replica. */
  private Finding nodes(ModelSpec model) {
    String subject = "nodes for " + model.id();
    List<ClusterFacts.Node> labelled = facts.nodes().stream()
        .filter(node -> node.labels().entrySet().containsAll(model.nodeSelector().entrySet())).toList();
    if (labelled.isEmpty()) {
      return Finding.error(subject, "no ready node has the labels " + pairs(model.nodeSelector()),
          "kubectl label node NODE " + pairs(model.nodeSelector()));
    }
    List<ClusterFacts.Node> open = labelled.stream().filter(node -> isBorne(node, model)).toList();
    if (open.isEmpty()) {
      ClusterFacts.Node node = labelled.getFirst();
      return Finding.error(subject, "every node that fits has a taint that the model does not bear, for example "
          + node.name() + " " + node.taints().getFirst().key(),
          "add it to tolerations, or kubectl taint node " + node.name() + " " + node.taints().getFirst().key() + "-");
    }
    return phases(model).stream().flatMap(phase -> tooSmall(subject, open, phase).stream()).findFirst()
        .orElse(Finding.ok(subject, open.size() + " of " + facts.nodes().size() + " fit"));
  }

  /** A complaint where no node alone holds one replica, even if nothing else ran there. */
  private static Optional<Finding> tooSmall(String subject, List<ClusterFacts.Node> open, PhaseSpec phase) {
    Map<String, BigDecimal> pod = phase.pod();
    for (Map.Entry<String, BigDecimal> need : pod.entrySet()) {
      if (open.stream().noneMatch(node -> amount(node, need.getKey()).compareTo(need.getValue()) >= 0)) {
        boolean device = need.getKey().equals(phase.gpus().resource());
        return Optional.of(Finding.error(subject, "no node that fits has " + plain(need.getValue()) + " "
            + need.getKey() + ", which one replica asks for" + (device ? "" : ", queue-proxy included; the largest has "
            + plain(open.stream().map(node -> amount(node, need.getKey())).max(BigDecimal::compareTo).orElseThrow())),
            "kubectl describe nodes shows what they have; "
                + (device ? "is the device plugin there?" : "lower resources." + need.getKey() + ", or add a node")));
      }
    }
    boolean one = open.stream().anyMatch(node -> pod.entrySet().stream()
        .allMatch(need -> amount(node, need.getKey()).compareTo(need.getValue()) >= 0));
    return one ? Optional.empty() : Optional.of(Finding.error(subject, "no single node has all that one replica asks"
        + " for", "kubectl describe nodes shows what they have; lower its resources, or add a node"));
  }

  private static String plain(BigDecimal amount) {
    return amount.stripTrailingZeros().toPlainString();
  }

  /** Devices of all functions together at their most, against what there is. */
  private List<Finding> devices() {
    Map<String, BigDecimal> asked = new TreeMap<>();
    yaml.models().stream().flatMap(model -> phases(model).stream()).filter(phase -> phase.gpus().count() > 0)
        .forEach(phase -> asked.merge(phase.gpus().resource(),
            BigDecimal.valueOf((long) phase.gpus().count() * phase.max()), BigDecimal::add));
    return asked.entrySet().stream().map(entry -> {
      BigDecimal there = facts.nodes().stream().map(node -> amount(node, entry.getKey()))
          .reduce(BigDecimal.ZERO, BigDecimal::add);
      String text = there + " allocatable, " + entry.getValue() + " asked for at most";
      return there.compareTo(entry.getValue()) >= 0 ? Finding.ok(entry.getKey(), text)
          : Finding.warning(entry.getKey(), text + ", so functions wait for each other",
              "lower replicas.max, or add nodes");
    }).toList();
  }

  private List<Finding> runtimeClasses(Set<String> there) {
    return yaml.models().stream().flatMap(model -> model.runtimeClass().stream()).distinct()
        .map(name -> there.contains(name) ? Finding.ok("RuntimeClass " + name, "is there")
            : Finding.error("RuntimeClass " + name, "the cluster has none of that name, so it refuses the pods",
                "kubectl get runtimeclasses shows what it has; NVIDIA's GPU operator makes one named nvidia"))
        .toList();
  }

  private List<Finding> claims() {
    return yaml.models().stream().map(ModelSpec::source).filter(ModelSpec.Claim.class::isInstance)
        .map(source -> ((ModelSpec.Claim) source).name()).distinct().map(this::claim).toList();
  }

  private Finding claim(String name) {
    return facts.claims().containsKey(name) ? Finding.ok("claim " + name, "is in namespace " + yaml.namespace())
        : Finding.error("claim " + name, "there is no such PersistentVolumeClaim in namespace " + yaml.namespace(),
            "echo '{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"metadata\":{\"name\":\"" + name
                + "\"},\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],"
                + "\"resources\":{\"requests\":{\"storage\":\"10Gi\"}}}}'"
                + " | kubectl -n " + yaml.namespace() + " apply -f -, and put the model in");
  }

  private static List<PhaseSpec> phases(ModelSpec model) {
    return Stream.concat(model.prefill().stream(), Stream.of(model.decode())).toList();
  }

  private static BigDecimal amount(ClusterFacts.Node node, String resource) {
    return node.allocatable().getOrDefault(resource, BigDecimal.ZERO);
  }

  private static String pairs(Map<String, String> labels) {
    return new TreeSet<>(labels.entrySet().stream().map(label -> label.getKey() + "=" + label.getValue())
        .collect(Collectors.toSet())).stream().collect(Collectors.joining(" "));
  }

  /** Flavors of a queue may add tolerations at admission, so those of the file count as well. */
  private boolean isBorne(ClusterFacts.Node node, ModelSpec model) {
    List<Toleration> borne = new ArrayList<>(model.tolerations());
    yaml.quotas().ifPresent(quotas -> quotas.flavors().forEach(flavor -> borne.addAll(flavor.tolerations())));
    return node.taints().stream().allMatch(taint -> borne.stream().anyMatch(one -> bears(one, taint)));
  }

  private static boolean bears(Toleration toleration, ClusterFacts.Taint taint) {
    return toleration.key().map(taint.key()::equals).orElse(true)
        && toleration.effect().map(taint.effect()::equals).orElse(true)
        && (toleration.operator().equals("Exists") || toleration.value().orElse("").equals(taint.value()));
  }
}
