package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.it.cluster.harness.Cluster;
import dev.ebb.it.cluster.harness.Event;
import dev.ebb.it.cluster.harness.EventJobs;
import dev.ebb.it.cluster.harness.EventSink;
import dev.ebb.it.cluster.harness.Installation;
import dev.ebb.it.cluster.harness.Variant;
import dev.ebb.it.harness.Await;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Events to a real JobSink: each is a job, whose reply goes to the Broker, or where {@code broker.jobs.sink} says. */
@Tag("cluster")
final class JobSinkTest {
  /** Without a seed and not greedy: that it is answered alike twice is no chance. */
  private static final Map<String, Object> DATA = Map.of("model", Installation.MODEL, "prompt", "The lighthouse",
      "max_tokens", 8, "ignore_eos", true, "temperature", 1.5);
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final String SOURCE = "/tests/jobs";

  private final EventJobs jobs;
  private final EventSink broker;

  JobSinkTest() {
    Installation.shared();
    jobs = new EventJobs(Installation.NAMESPACE);
    broker = EventSink.ofBroker(Installation.NAMESPACE, "events");
  }

  @AfterEach
  void close() {
    broker.close();
  }

  @Test
  void anEventBecomesAJobWhoseReplyComesToTheBroker() {
    Event event = Event.request(SOURCE, DATA);
    String location = jobs.post(event);
    Job job = jobs.of(event).orElseThrow();
    Event reply = broker.await(event, 1).getFirst();
    assertEquals("dev.ebb.generate.completed", reply.attribute("type"));
    assertEquals("/ebb/router", reply.attribute("source"));
    assertEquals(event.id(), reply.attribute("subject"));
    assertEquals(8, reply.data().at("/usage/completion_tokens").asInt(), reply::toString);
    Await.until("the JobSink knows it done", LONG, () -> jobs.status(location) == 200);
    assertEquals(1, jobs.pods(job).size());
  }

  @Test
  void theJobFindsItsEventInTheFileAndTheBrokerAtItsAddress() {
    Event event = Event.request(SOURCE, DATA);
    jobs.post(event);
    PodSpec pod = jobs.of(event).orElseThrow().getSpec().getTemplate().getSpec();
    Container container = pod.getContainers().getFirst();
    VolumeMount mount = container.getVolumeMounts().stream()
        .filter(one -> one.getName().equals("jobsink-event")).findFirst().orElseThrow();
    assertEquals("/etc/jobsink-event", mount.getMountPath());
    assertEquals("/etc/jobsink-event", variable(container, "K_EVENT_PATH"), "the folder, whose file is 'event'");
    assertEquals(event.data(), jobs.file(event).orElseThrow().path("data"));
    assertEquals(SOURCE, jobs.file(event).orElseThrow().path("source").asText());
    assertEquals(Cluster.kubectl("get", "broker", "-n", Installation.NAMESPACE, "events", "-o",
        "jsonpath={.status.address.url}"), variable(container, "EBB_BATCH_SINK"));
    broker.await(event, 1);
  }

  @DisplayName("pitfall 9: a duplicate event id, and a replay after the Job's TTL")
  @Test
  void aDuplicateMakesNoSecondJobAndAReplayAfterTheJobsTtlIsAnsweredByTheSameEvent() {
    Event event = Event.request(SOURCE, DATA);
    String location = jobs.post(event);
    Job first = jobs.of(event).orElseThrow();
    jobs.post(event);
    Event reply = broker.await(event, 1).getFirst();
    Await.until("the job is done", LONG, () -> jobs.status(location) == 200);
    jobs.post(event);
    assertEquals(first.getMetadata().getUid(), jobs.of(event).orElseThrow().getMetadata().getUid());
    assertEquals(1, jobs.pods(first).size());

    Await.until("the job and its event have gone", LONG, () -> jobs.of(event).isEmpty());
    assertEquals(1, broker.answersTo(event).size(), "neither duplicate was answered");
    jobs.post(event);
    assertNotEquals(first.getMetadata().getUid(), jobs.of(event).orElseThrow().getMetadata().getUid());
    Event again = broker.await(event, 2).getLast();
    assertEquals(reply.id(), again.id());
    assertEquals(reply.attribute("source"), again.attribute("source"));
    assertEquals(reply.data().at("/choices/0/text"), again.data().at("/choices/0/text"));
  }

  @Test
  void anEventThatIsRefusedIsToldOnceAndNotTriedAgain() {
    Event event = Event.request(SOURCE, Map.of("model", Installation.MODEL, "prompt", 5));
    String location = jobs.post(event);
    Job job = jobs.of(event).orElseThrow();
    Event failed = broker.await(event, 1).getFirst();
    assertEquals("dev.ebb.generate.failed", failed.attribute("type"));
    assertEquals("prompt", failed.data().at("/error/param").asText(), failed::toString);
    Await.until("the JobSink knows it failed", LONG, () -> jobs.status(location) == 400);
    assertEquals(1, jobs.pods(job).size());
  }

  @Test
  void aSinkOfItsOwnThatIsAwayForAWhileGetsTheReplyOfTheFirstAttempt() {
    try (EventSink own = new EventSink()) {
      jobs.render(text -> text.replace("keepSeconds: 15}", "keepSeconds: 15, sink: {url: '" + own.url() + "'}}"));
      own.refuse(3);
      Event event = Event.request(SOURCE, DATA);
      jobs.post(event);
      Job job = jobs.of(event).orElseThrow();
      assertEquals(own.url(), variable(job.getSpec().getTemplate().getSpec().getContainers().getFirst(),
          "EBB_BATCH_SINK"));
      own.await(event, 1);
      assertEquals(0, own.refusalsLeft());
      assertEquals(1, jobs.pods(job).size(), "nothing was computed again");
      assertEquals(List.of(), broker.answersTo(event));
    } finally {
      jobs.render(text -> text);
    }
  }

  /** Their owner is a kind that nobody knows, so the garbage collector leaves them; their pods outlast them. */
  @Test
  void anUndeployTakesTheJobsThatTheirSinkLeaves() {
    try (Variant other = Variant.of("jobs",
        text -> Variant.decodeOnly(text).replace("keepSeconds: 15", "keepSeconds: 3600"))) {
      other.apply();
      Cluster.kubectl("wait", "-n", other.namespace(), "--for=condition=Ready", "jobsink,broker", "--all",
          "--timeout=120s");
      EventJobs theirs = new EventJobs(other.namespace());
      Event event = Event.request(SOURCE, Map.of("model", "nobody", "prompt", "x"));
      String location = theirs.post(event);
      Await.until("the job has failed", LONG, () -> theirs.status(location) == 400);
      Cluster.kubectl("delete", "jobsink", "-n", other.namespace(), "--all");
      Await.pause(5_000);
      assertTrue(theirs.of(event).isPresent(), "no undeploy would have to take it");
      other.close();
      assertNull(Cluster.kube().namespaces().withName(other.namespace()).get());
    }
  }

  private static String variable(Container container, String name) {
    return container.getEnv().stream().filter(one -> one.getName().equals(name)).map(EnvVar::getValue)
        .findFirst().orElseThrow();
  }
}
