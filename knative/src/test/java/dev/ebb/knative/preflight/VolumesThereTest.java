package dev.ebb.knative.preflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.YamlFiles;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Of volumes that an earlier deploy made some things cannot be changed, which is told before anything is applied. */
class VolumesThereTest {
  private static final String CLAIMS = "/api/v1/namespaces/ebb/persistentvolumeclaims";
  private static final String VOLUME = "/api/v1/persistentvolumes/lab-arena";

  private final ApiServer server = new ApiServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private void claim(String storageClass, boolean applied, String size) {
    String fields = "{\"f:spec\":{" + (applied ? "\"f:storageClassName\":{}" : "") + "}}";
    server.answers.put(CLAIMS, "{\"kind\":\"PersistentVolumeClaimList\",\"apiVersion\":\"v1\",\"items\":[{\"metadata\":"
        + "{\"name\":\"m-model\",\"managedFields\":[{\"manager\":\"ebb\",\"operation\":\"Apply\",\"fieldsV1\":" + fields
        + "}]},\"spec\":{\"storageClassName\":\"" + storageClass + "\",\"resources\":{\"requests\":{\"storage\":\""
        + size + "\"}}}}]}");
  }

  private void folder(String path) {
    server.answers.put(VOLUME, "{\"kind\":\"PersistentVolume\",\"apiVersion\":\"v1\",\"metadata\":"
        + "{\"name\":\"lab-arena\"},\"spec\":{\"hostPath\":{\"path\":\"" + path + "\"}}}");
  }

  private List<String> bad(String more) {
    EbbYaml yaml = YamlFiles.parsed("""
        name: lab
        namespace: ebb
        images: {registry: registry.example.com/ebb, tag: "1"}
        models:
          - id: m
            source: {hub: "hf://a/b/c.gguf", size: 2Gi%s}
            decode: {resources: {cpu: 1, memory: 2Gi}}
        store: {arena: {hostPath: /srv/arena}}
        prometheus: {url: "http://prometheus.monitoring.svc:9090"}
        """.formatted(more));
    VolumeReader reader = new VolumeReader(server.api().client());
    ClusterFacts facts = new ClusterFacts("v1", Set.of(), Map.of(), Map.of(), List.of(), List.of(),
        reader.claims("ebb"), reader.arenaFolder(yaml), Map.of(), Map.of("fast", true), Optional.empty(), "",
        List.of(), Set.of(), Set.of(), new Scrape.NotAsked());
    return new VolumeChecks(facts, yaml).all().stream().filter(finding -> finding.grade() != Finding.Grade.OK)
        .map(Finding::toString).toList();
  }

  private void only(String more, String... words) {
    List<String> bad = bad(more);
    assertEquals(1, bad.size(), bad.toString());
    for (String word : words) {
      assertTrue(bad.getFirst().contains(word), word + " is not in: " + bad.getFirst());
    }
  }

  @Test
  void whatIsAsTheFileSaysIsWell() {
    server.answers.put(CLAIMS, "{\"kind\":\"PersistentVolumeClaimList\",\"apiVersion\":\"v1\",\"items\":[]}");
    assertEquals(List.of(), bad(""));
    claim("fast", false, "2Gi");
    folder("/srv/arena");
    assertEquals(List.of(), bad(""), "the cluster's default");
    assertEquals(List.of(), bad(", storageClass: fast"));
    claim("fast", false, "2048Mi");
    assertEquals(List.of(), bad(""));
    claim("fast", false, "1Gi");
    assertEquals(List.of(), bad(""), "a claim can grow");
    server.forbids(VOLUME, "no");
    assertEquals(List.of(), bad(""), "told with the rights");
  }

  @Test
  void aClassThatTheClaimDoesNotHave() {
    claim("slow", true, "2Gi");
    only(", storageClass: fast", "error    room for m", "has storage class slow and the file says fast",
        "kubectl -n ebb delete job/m-pull pvc/m-model", "put source.storageClass: slow back");
    only("", "has storage class slow and the file names none");
  }

  @Test
  void aSizeThatIsLess() {
    claim("fast", false, "10Gi");
    only("", "error    room for m", "has 10Gi and the file says 2Gi, but a claim cannot shrink",
        "put source.size: 10Gi back");
  }

  @Test
  void anotherFolderOfTheArena() {
    claim("fast", false, "2Gi");
    folder("/srv/old");
    only("", "error    arena", "PersistentVolume lab-arena has the folder /srv/old and the file says /srv/arena",
        "ebb undeploy --name lab -n ebb", "store.arena.hostPath: /srv/old back");
  }
}
