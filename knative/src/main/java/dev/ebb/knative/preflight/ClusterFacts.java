package dev.ebb.knative.preflight;

import dev.ebb.knative.render.ObjectKind;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was read of a cluster.
 *
 * @param unserved kinds of the installation that the API server does not serve
 * @param parts Deployments of Knative, KEDA, Kueue and the reconciler, by namespace
 * @param settings data of Knative Serving's ConfigMaps by their name; an absent one is not in it
 * @param denied rights that are missing, as {@code verb resource.group}
 * @param claims PersistentVolumeClaims of the installation's namespace by their name
 * @param arenaFolder folder of the arena's PersistentVolume; empty where that is not there, or may not be read
 * @param secrets entries of that namespace's Secrets by their name, of those that the file names and that are there;
 *     empty for one that may not be read
 * @param storageClasses by name, {@code true} for a default one
 * @param runtimeClasses where the file names one; empty where they may not be read
 * @param leaseHolder the replica of the reconciler that decides now; empty where none does
 * @param sameName other namespaces with an installation of the same name
 * @param neighbours installations of other names in this one's namespace
 * @param namespaces all of them
 * @param scrape what Prometheus says
 */
record ClusterFacts(String version, Set<ObjectKind> unserved, Map<String, List<Part>> parts,
    Map<String, Map<String, String>> settings, List<String> denied, List<Node> nodes, Map<String, Room> claims,
    Optional<String> arenaFolder,
    Map<String, Optional<Set<String>>> secrets, Map<String, Boolean> storageClasses,
    Optional<Set<String>> runtimeClasses, String leaseHolder,
    List<String> sameName, Set<String> neighbours, Set<String> namespaces, Scrape scrape) {

  /**
   * A Deployment of the platform.
   *
   * @param version from its label, else its image's tag
   */
  record Part(String name, boolean available, String version) {}

  /**
   * What a claim asks for.
   *
   * @param storageClass empty where it names none
   * @param chosen whether a deploy asked for that class, and not the cluster filled it in
   */
  record Room(String storageClass, boolean chosen, String size) {}

  /** A taint that keeps pods off. */
  record Taint(String key, String value, String effect) {}

  /** A node that is ready and takes pods. */
  record Node(String name, Map<String, String> labels, List<Taint> taints, Map<String, BigDecimal> allocatable) {}
}
