package dev.ebb.knative.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pull's Job, which a deploy finds in every state. */
@Timeout(60)
class ApplierTest {
  private static final String PATH = FakeCluster.path(ObjectName.JOB, "ebb", "m-pull");
  private static final String JOB =
      "apiVersion: batch/v1\nkind: Job\nmetadata: {name: m-pull, namespace: ebb}\nspec: {backoffLimit: 6}\n";

  private final FakeCluster cluster = new FakeCluster();

  @AfterEach
  void stop() {
    cluster.close();
  }

  private Applied apply(boolean dryRun) {
    GenericKubernetesResource job = cluster.api().parse(JOB);
    return new Applier(cluster.api(), dryRun).apply(job, false);
  }

  private void ended(String condition) {
    cluster.has(JOB + "status: {conditions: [{type: " + condition + ", status: 'True', message: the end}]}\n");
  }

  @Test
  void oneThatFailedIsTakenAwayAndRunAnewWhenItIsGone() {
    ended("Failed");
    cluster.linger(PATH, 2);
    cluster.beside((call, object) -> {
      if (call.startsWith("PATCH")) {
        assertEquals(false, cluster.holds(PATH), "the old one is gone");
      }
    });
    assertEquals(Applied.RUN_ANEW, apply(false));
    assertEquals(List.of("DELETE " + PATH, "PATCH " + PATH), cluster.changes);
    assertEquals(false, cluster.object(PATH).has("status"));
  }

  @Test
  void aDryRunTakesNothingAway() {
    ended("Failed");
    apply(true);
    assertEquals(List.of("TRY " + PATH), cluster.changes);
  }

  @Test
  void oneThatIsDoneOrRunsIsLeft() {
    assertEquals(Applied.CREATED, apply(false));
    assertEquals(Applied.UNCHANGED, apply(false));
    ended("Complete");
    assertEquals(Applied.UNCHANGED, apply(false));
    assertEquals(List.of("PATCH " + PATH, "PATCH " + PATH, "PATCH " + PATH), cluster.changes);
  }
}
