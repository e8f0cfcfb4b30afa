package dev.ebb.knative.preflight;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.ModelSpec;
import dev.ebb.knative.config.Tenant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** That the Secrets of a file are there with their entries; what is in these nobody looks at. */
final class SecretChecks {
  private final ClusterFacts facts;
  private final EbbYaml yaml;

  SecretChecks(ClusterFacts facts, EbbYaml yaml) {
    this.facts = facts;
    this.yaml = yaml;
  }

  /** Names of all Secrets that a file names. */
  static Set<String> named(EbbYaml yaml) {
    Set<String> names = new TreeSet<>(entries(yaml).keySet());
    names.addAll(yaml.images().pullSecret().stream().toList());
    return names;
  }

  List<Finding> all() {
    List<Finding> findings = new ArrayList<>();
    yaml.images().pullSecret().filter(name -> !facts.secrets().containsKey(name)).ifPresent(name -> findings.add(
        Finding.error("secret " + name, "there is no such Secret in namespace " + yaml.namespace(),
            "kubectl -n " + yaml.namespace() + " create secret docker-registry " + name
                + " --docker-server=HOST --docker-username=USER --docker-password=PASSWORD")));
    entries(yaml).forEach((name, entries) -> secret(name, entries).ifPresent(findings::add));
    unread().ifPresent(findings::add);
    return findings;
  }

  private Optional<Finding> secret(String name, Set<String> entries) {
    if (!facts.secrets().containsKey(name)) {
      return Optional.of(Finding.error("secret " + name, "there is no such Secret in namespace " + yaml.namespace(),
          "kubectl -n " + yaml.namespace() + " create secret generic " + name + entries.stream()
              .map(entry -> " --from-file=" + entry + "=FILE").collect(Collectors.joining())));
    }
    Set<String> missing = new TreeSet<>(entries);
    facts.secrets().get(name).ifPresentOrElse(missing::removeAll, missing::clear);
    return missing.isEmpty() ? Optional.empty() : Optional.of(Finding.error("secret " + name,
        "has no entry " + String.join(", ", missing) + " in namespace " + yaml.namespace(),
        "kubectl -n " + yaml.namespace() + " patch secret " + name + " --patch-file FILE, with stringData: and in it "
            + missing.stream().map(entry -> entry + ": ...").collect(Collectors.joining(", "))));
  }

  private Optional<Finding> unread() {
    Map<String, Set<String>> entries = entries(yaml);
    List<String> unread = named(yaml).stream()
        .filter(name -> facts.secrets().getOrDefault(name, Optional.of(Set.of())).isEmpty()).toList();
    return unread.isEmpty() ? Optional.empty() : Optional.of(Finding.warning("secrets", "you may not get "
        + unread.stream().map(name -> entries.containsKey(name)
            ? name + " (" + String.join(", ", entries.get(name)) + ")" : name).collect(Collectors.joining(", "))
        + ", so it is not known whether " + (unread.size() == 1 ? "it is" : "they are") + " there",
        "kubectl -n " + yaml.namespace() + " describe secret " + String.join(" ", unread)
            + ", by somebody who may, shows the names of the entries"));
  }

  /** Entries that are asked for, by their Secret. */
  private static Map<String, Set<String>> entries(EbbYaml yaml) {
    Stream<Tenant.SecretEntry> hubs = yaml.models().stream().map(ModelSpec::source)
        .filter(ModelSpec.Hub.class::isInstance).flatMap(source -> ((ModelSpec.Hub) source).token().stream());
    Map<String, Set<String>> entries = new LinkedHashMap<>();
    Stream.of(yaml.tenants().stream().map(Tenant::key), hubs, yaml.prometheus().secrets().stream())
        .flatMap(one -> one)
        .forEach(one -> entries.computeIfAbsent(one.secret(), name -> new TreeSet<>()).add(one.entry()));
    return entries;
  }
}
