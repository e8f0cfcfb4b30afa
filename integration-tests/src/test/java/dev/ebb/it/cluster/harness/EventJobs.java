package dev.ebb.it.cluster.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Await;
import dev.ebb.it.harness.Workspace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The JobSink of an installation and what it makes of events. */
public final class EventJobs {
  private static final String SINK = "ebb-batch";
  private static final String LABEL = "sinks.knative.dev/job-sink-name";

  private final Api api = new Api(Cluster.address("knative-eventing", "job-sink"));
  private final String namespace;

  public EventJobs(String namespace) {
    this.namespace = namespace;
  }

  /** Posts an event, and gives the path under which its job is asked for. */
  public String post(Event event) {
    return event.post(api, "/" + namespace + "/" + SINK).headers().get("location").getFirst();
  }

  /** What the JobSink says of a job: 202 while it runs, 200 when it is done, 400 when it failed. */
  public int status(String location) {
    return api.get(location).status();
  }

  /** The job of an event, while there is one. */
  public Optional<Job> of(Event event) {
    return secret(event).map(secret -> Cluster.kube().batch().v1().jobs().inNamespace(namespace)
        .withName(secret.getMetadata().getName()).get());
  }

  /** All pods that a job had so far. */
  public List<Pod> pods(Job job) {
    return Cluster.kube().pods().inNamespace(namespace)
        .withLabel("batch.kubernetes.io/job-name", job.getMetadata().getName()).list().getItems();
  }

  /** The file that a job finds its event in. */
  public Optional<JsonNode> file(Event event) {
    return secret(event).map(EventJobs::event);
  }

  /** Lets the shared installation's JobSink be as a changed file renders it. */
  public void render(UnaryOperator<String> change) {
    Path folder = Workspace.target("cluster").resolve("job-sink");
    Path file = Installation.write("job-sink.yaml", change);
    Cluster.ebb("render", "-f", file.toString(), "-o", folder.toString()).expectSuccess();
    String rendered = folder.toFile().list((in, name) -> name.endsWith("job-sink-" + SINK + ".yaml"))[0];
    Cluster.apply(folder.resolve(rendered));
    // Its own process hears of the change by a watch, which nothing tells the end of.
    Await.pause(1_000);
  }

  private Optional<Secret> secret(Event event) {
    return Cluster.kube().secrets().inNamespace(namespace).withLabel(LABEL, SINK).list().getItems().stream()
        .filter(secret -> event(secret).path("id").asText().equals(event.id())).findFirst();
  }

  private static JsonNode event(Secret secret) {
    byte[] content = Base64.getDecoder().decode(secret.getData().get("event"));
    try {
      return Api.JSON.readTree(new String(content, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
