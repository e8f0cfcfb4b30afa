package dev.ebb.knative.preflight;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.Images;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the names of the images bring about: who looks their tags up, and when they are pulled. */
final class ImageChecks {
  /** Names of registries that are none: their images are only on the nodes. */
  private static final List<String> LOCAL = List.of("kind.local", "ko.local", "dev.local");
  private static final String DEPLOYMENT = "config-deployment";
  private static final String SKIPPED = "registries-skipping-tag-resolving";

  private final ClusterFacts facts;
  private final EbbYaml yaml;
  private final String serving;

  ImageChecks(ClusterFacts facts, EbbYaml yaml, String serving) {
    this.facts = facts;
    this.yaml = yaml;
    this.serving = serving;
  }

  List<Finding> all() {
    List<Finding> findings = new ArrayList<>();
    if (PlatformChecks.usesServing(yaml)) {
      resolved(findings);
    }
    List<String> moving = names().filter(ImageChecks::isMoving).toList();
    if (!moving.isEmpty()) {
      boolean local = moving.stream().anyMatch(name -> LOCAL.contains(registry(name)));
      String text = String.join(", ", moving) + (moving.size() == 1 ? " is" : " are") + " pulled at every start, "
          + (local ? "and nothing can be pulled from there" : "so a start waits for it, and versions may mix");
      String mend = "give images.tag a version, as make images prints one";
      findings.add(local ? Finding.error("images", text, mend) : Finding.warning("images", text, mend));
    }
    return findings;
  }

  /** Knative asks a registry for the digest of each tag, except those of the registries that it is told to skip. */
  private void resolved(List<Finding> findings) {
    String set = facts.settings().getOrDefault(DEPLOYMENT, Map.of()).get(SKIPPED);
    List<String> skipped = set == null ? LOCAL : Stream.of(set.split(",")).map(String::strip).toList();
    List<String> asked = names().map(ImageChecks::registry).distinct()
        .filter(registry -> LOCAL.contains(registry) && !skipped.contains(registry)).toList();
    if (!asked.isEmpty()) {
      TreeSet<String> all = new TreeSet<>(skipped);
      all.addAll(asked);
      findings.add(Finding.error(DEPLOYMENT, SKIPPED + " lacks " + String.join(", ", asked)
          + ", so Knative asks a registry that does not exist", "kubectl -n " + serving + " patch configmap "
          + DEPLOYMENT + " --type merge -p '{\"data\":{\"" + SKIPPED + "\":\"" + String.join(",", all) + "\"}}'"));
    }
  }

  private Stream<String> names() {
    return Stream.of(Images.Part.values()).filter(yaml.images()::has).map(yaml.images()::of);
  }

  private static String registry(String image) {
    return image.contains("/") ? image.substring(0, image.indexOf('/')) : "";
  }

  /** Kubernetes keeps no image of the tag latest, or of none. */
  private static boolean isMoving(String image) {
    String last = image.substring(image.lastIndexOf('/') + 1);
    return !last.contains("@") && (!last.contains(":") || last.endsWith(":latest"));
  }
}
