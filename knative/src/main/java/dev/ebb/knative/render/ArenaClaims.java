package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.List;

/**
 * The arena's folder of the node as a volume and a claim on it: Knative makes a hostPath that a service names itself
 * read-only, and prefill and decode both write.
 */
final class ArenaClaims {
  /** A number must be given; nobody holds a hostPath to it. */
  private static final Fields STORAGE = Fields.of("storage", "1Gi");
  private static final List<String> ACCESS = List.of("ReadWriteMany");

  private ArenaClaims() {}

  static List<Manifest> volumes(EbbYaml yaml) {
    if (!(yaml.arena() instanceof EbbYaml.HostFolder host)) {
      return List.of();
    }
    // Not made where it is missing: it would belong to root, and the functions do not run as root.
    Fields spec = Fields.of("capacity", STORAGE)
        .and("accessModes", ACCESS)
        .and("persistentVolumeReclaimPolicy", "Retain")
        .and("claimRef", Fields.of("namespace", yaml.namespace()).and("name", yaml.arenaName()))
        .and("hostPath", Fields.of("path", host.path()).and("type", "Directory"));
    return List.of(Manifest.of(yaml, Kind.VOLUME, yaml.arenaName(), Labels.metadata(yaml), Fields.of("spec", spec)));
  }

  static List<Manifest> claims(EbbYaml yaml) {
    if (!(yaml.arena() instanceof EbbYaml.HostFolder)) {
      return List.of();
    }
    Fields spec = Fields.of("accessModes", ACCESS)
        // Empty, not absent: the cluster's default class would make another volume.
        .and("storageClassName", "")
        .and("volumeName", yaml.arenaName())
        .and("resources", Fields.of("requests", STORAGE));
    return List.of(Manifest.of(yaml, Kind.CLAIM, yaml.arenaName(), Labels.metadata(yaml), Fields.of("spec", spec)));
  }
}
