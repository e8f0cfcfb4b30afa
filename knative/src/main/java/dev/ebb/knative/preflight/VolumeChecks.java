package dev.ebb.knative.preflight;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Where models and the arena lie, as far as that can be seen from outside. */
final class VolumeChecks {
  private final ClusterFacts facts;
  private final EbbYaml yaml;

  VolumeChecks(ClusterFacts facts, EbbYaml yaml) {
    this.facts = facts;
    this.yaml = yaml;
  }

  List<Finding> all() {
    List<Finding> findings = new ArrayList<>();
    for (ModelSpec model : yaml.models()) {
      if (model.source() instanceof ModelSpec.Hub hub) {
        findings.add(room(model.id(), hub));
      } else if (model.source() instanceof ModelSpec.HostFolder host) {
        findings.add(folder("model " + model.id(), host.folder() + "/" + host.path() + " must be"));
      }
    }
    if (yaml.arena() instanceof EbbYaml.HostFolder host) {
      findings.add(folder("arena", host.path() + " must belong to user 10001 (install -d -o 10001 -g 10001 "
          + host.path() + ") and be"));
    }
    return findings;
  }

  /** A claim that no class gives a volume to waits for ever, and its pods with it. */
  private Finding room(String model, ModelSpec.Hub hub) {
    String subject = "room for " + model;
    Set<String> names = new TreeSet<>(facts.storageClasses().keySet());
    if (hub.storageClass().isPresent()) {
      return names.contains(hub.storageClass().get())
          ? Finding.ok(subject, "storage class " + hub.storageClass().get() + " is there")
          : Finding.error(subject, "there is no storage class " + hub.storageClass().get() + ", of " + names,
              "name one of these as storageClass; kubectl get storageclass");
    }
    return facts.storageClasses().containsValue(true) ? Finding.ok(subject, "the cluster has a default storage class")
        : Finding.error(subject, "the cluster has no default storage class, and the file names none, of " + names,
            names.isEmpty() ? "install a provisioner of volumes, or use source.claim"
                : "kubectl annotate storageclass " + names.iterator().next()
                    + " storageclass.kubernetes.io/is-default-class=true");
  }

  private static Finding folder(String subject, String what) {
    return Finding.ok(subject, what + " on each node that functions run on, which cannot be seen from here");
  }
}
