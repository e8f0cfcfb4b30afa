package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;

/** The volume of the key/value arena. */
final class ArenaVolume {
  static final String FOLDER = "/var/run/ebb/arena";
  private static final String NAME = "arena";

  private ArenaVolume() {}

  static Fields volume(EbbYaml yaml) {
    return Fields.of("name", NAME).andAll(switch (yaml.arena()) {
      case EbbYaml.Tmpfs tmpfs ->
          Fields.of("emptyDir", Fields.of("medium", "Memory").and("sizeLimit", tmpfs.size().text()));
      case EbbYaml.HostFolder host ->
          Fields.of("persistentVolumeClaim", Fields.of("claimName", yaml.arenaName()));
    });
  }

  static Fields mount() {
    return Fields.of("name", NAME).and("mountPath", FOLDER);
  }
}
