package dev.ebb.knative.preflight;

import dev.ebb.knative.config.EbbYaml;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads the claims and the volume that a deploy may find. */
final class VolumeReader {
  private static final String OURS = "ebb";
  private final KubernetesClient client;

  VolumeReader(KubernetesClient client) {
    this.client = client;
  }

  Map<String, ClusterFacts.Room> claims(String namespace) {
    return namespace.isEmpty() ? Map.of() : client.persistentVolumeClaims().inNamespace(namespace).list().getItems()
        .stream().collect(Collectors.toMap(claim -> claim.getMetadata().getName(), VolumeReader::room));
  }

  /** Its folder; an empty text where it has none. What may not be read is told with the rights. */
  Optional<String> arenaFolder(EbbYaml yaml) {
    if (!(yaml.arena() instanceof EbbYaml.HostFolder)) {
      return Optional.empty();
    }
    try {
      PersistentVolume volume = client.persistentVolumes().withName(yaml.arenaName()).get();
      return Optional.ofNullable(volume).map(found -> found.getSpec() == null || found.getSpec().getHostPath() == null
          ? "" : found.getSpec().getHostPath().getPath());
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private static ClusterFacts.Room room(PersistentVolumeClaim claim) {
    String storageClass = claim.getSpec() == null ? null : claim.getSpec().getStorageClassName();
    Quantity size = claim.getSpec() == null || claim.getSpec().getResources() == null
        || claim.getSpec().getResources().getRequests() == null ? null
        : claim.getSpec().getResources().getRequests().get("storage");
    return new ClusterFacts.Room(storageClass == null ? "" : storageClass, chosen(claim),
        size == null ? "" : size.toString());
  }

  /** What a deploy applied it also takes back when its file has it no more; a class that was filled in stays. */
  private static boolean chosen(PersistentVolumeClaim claim) {
    return claim.getMetadata().getManagedFields() != null && claim.getMetadata().getManagedFields().stream()
        .filter(entry -> OURS.equals(entry.getManager()) && "Apply".equals(entry.getOperation()))
        .anyMatch(entry -> entry.getFieldsV1() != null && entry.getFieldsV1().getAdditionalProperties()
            .get("f:spec") instanceof Map<?, ?> spec && spec.containsKey("f:storageClassName"));
  }
}
