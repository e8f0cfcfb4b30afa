package dev.ebb.knative.preflight;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.ModelSpec;
import dev.ebb.knative.config.Quantity;
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
        findings.add(room(model, hub));
      } else if (model.source() instanceof ModelSpec.HostFolder host) {
        findings.add(folder("model " + model.id(), host.folder() + "/" + host.path() + " must be"));
      }
    }
    if (yaml.arena() instanceof EbbYaml.HostFolder host) {
      findings.add(arena(host.path()));
    }
    return findings;
  }

  /** A claim that no class gives a volume to waits for ever, and its pods with it. */
  private Finding room(ModelSpec model, ModelSpec.Hub hub) {
    String subject = "room for " + model.id();
    ClusterFacts.Room claimed = facts.claims().get(model.claimName());
    if (claimed != null) {
      return kept(subject, model, claimed, hub);
    }
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

  /** Of a claim that is there neither the class can be changed nor can it shrink; the API server says so half-way. */
  private Finding kept(String subject, ModelSpec model, ClusterFacts.Room claimed, ModelSpec.Hub hub) {
    String claim = model.claimName();
    // The Job's pod may hold the claim, too.
    String mend = "kubectl -n " + yaml.namespace() + " delete job/" + model.pullName() + " pvc/" + claim
        + ", which ends when no pod uses it (ebb undeploy --with-data takes all), and the model is pulled again; or ";
    String wanted = hub.storageClass().orElse("");
    boolean otherClass = hub.storageClass().isPresent() || claimed.chosen();
    if (otherClass && !wanted.equals(claimed.storageClass())) {
      return Finding.error(subject, "its claim " + claim + " has "
          + (claimed.storageClass().isEmpty() ? "no storage class" : "storage class " + claimed.storageClass())
          + " and the file " + (wanted.isEmpty() ? "names none" : "says " + wanted) + ", which cannot be changed", mend
          + (claimed.storageClass().isEmpty() ? "leave out source.storageClass"
              : "put source.storageClass: " + claimed.storageClass() + " back"));
    }
    if (hub.size().value().compareTo(new Quantity(claimed.size()).value()) < 0) {
      return Finding.error(subject, "its claim " + claim + " has " + claimed.size() + " and the file says "
          + hub.size().text() + ", but a claim cannot shrink", mend + "put source.size: " + claimed.size() + " back");
    }
    return Finding.ok(subject, "its claim " + claim + " is there");
  }

  /** The volume's source cannot be changed. */
  private Finding arena(String folder) {
    String there = facts.arenaFolder().orElse(folder);
    return there.equals(folder) ? folder("arena", folder + " must belong to user 10001 (install -d -o 10001 -g 10001 "
        + folder + ") and be")
        : Finding.error("arena", "the PersistentVolume " + yaml.arenaName() + " has "
            + (there.isEmpty() ? "no folder of the node" : "the folder " + there) + " and the file says " + folder
            + ", which cannot be changed", "ebb undeploy --name " + yaml.name() + " -n " + yaml.namespace()
            + ", which keeps models that were pulled, and deploy again; or put store.arena.hostPath: " + there
            + " back");
  }

  private static Finding folder(String subject, String what) {
    return Finding.ok(subject, what + " on each node that functions run on, which cannot be seen from here");
  }
}
