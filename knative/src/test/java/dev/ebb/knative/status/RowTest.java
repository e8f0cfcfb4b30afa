package dev.ebb.knative.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The table, and the words of its columns. */
class RowTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");

  private static Event event(String kind, String name, String reason, String time) {
    return new EventBuilder().withNewMetadata().endMetadata().withNewInvolvedObject().withKind(kind).withName(name)
        .endInvolvedObject().withReason(reason).withMessage("why\n").withLastTimestamp(time).build();
  }

  private static GenericKubernetesResource workload(String pod, int priority, String made, String condition) {
    return new KubernetesSerialization().unmarshal("metadata: {name: w, creationTimestamp: '" + made
        + "', ownerReferences: [{kind: Pod, uid: " + pod + "}]}\nspec: {queueName: serving, priority: " + priority
        + "}\nstatus: {conditions: [" + condition + "]}", GenericKubernetesResource.class);
  }

  @Test
  void columnsAreAsWideAsTheyMustBe() {
    List<String> table = Row.table(List.of(new Row("ebb", "m-decode", "m-decode-00001", 100, 1, 2, "", Map.of(),
        3, "", ""), new Row("ebb", "m-prefill", "", -1, 0, 0, "1 admitted by q", Map.of("cpu", "1/2"), Double.NaN,
        "no answer", "5 s ago Started: why")));
    assertEquals("NAMESPACE  FUNCTION   REVISION        TRAFFIC  READY  QUOTA            DEMAND  LAST DECISION",
        table.get(0));
    assertEquals("ebb        m-decode   m-decode-00001  100%     1/2    -                3       -", table.get(1));
    assertEquals("ebb        m-prefill  -               -        0/0    1 admitted by q  -       5 s ago Started: why",
        table.get(2));
  }

  @Test
  void whatIsNotKnownIsNullInJson() {
    Map<String, Object> fields = new Row("ebb", "f", "", -1, 0, 0, "", Map.of(), Double.NaN, "no answer", "").fields();
    for (String key : List.of("revision", "trafficPercent", "quota", "demand", "lastDecision")) {
      assertNull(fields.get(key), key);
    }
    assertEquals(0, fields.get("readyReplicas"));
    assertEquals("no answer", fields.get("demandUnknown"));
    assertNull(fields.get("quotaUsedOfNominal"));
  }

  @Test
  void theNewestDecisionOfTheFunctionsOwnObjects() {
    List<Event> events = List.of(event("ScaledObject", "r1", "KEDAScaleTargetActivated", "2026-01-01T00:09:00Z"),
        event("Deployment", "r1-deployment", "ScalingReplicaSet", "2026-01-01T00:08:00Z"),
        event("ScaledObject", "r2", "KEDAScaleTargetDeactivated", "2026-01-01T00:09:30Z"),
        event("Deployment", "r1-deployment", "Unrelated", "2026-01-01T00:09:50Z"));
    Map<String, String> names = Map.of("ScaledObject", "r1", "Deployment", "r1-deployment");
    assertEquals("60 s ago KEDAScaleTargetActivated: why", Decisions.newest(events, names, NOW));
    assertEquals("", Decisions.newest(List.of(), names, NOW));
  }

  @Test
  void placeInTheQueueIsByPriorityThenAge() {
    String waits = "{type: QuotaReserved, status: 'False', message: no quota for gpu}";
    Quotas quotas = new Quotas(List.of(workload("a", 10, "2026-01-01T00:00:02Z", waits),
        workload("b", 10, "2026-01-01T00:00:01Z", waits), workload("c", 20, "2026-01-01T00:00:03Z", waits),
        workload("d", 99, "2026-01-01T00:00:00Z", "{type: Admitted, status: 'True'}"),
        workload("e", 99, "2026-01-01T00:00:00Z", "{type: Finished, status: 'True'}")));
    assertEquals("place 3 in serving: no quota for gpu", quotas.of(List.of("a")));
    assertEquals("1 admitted by serving, place 1 in serving: no quota for gpu", quotas.of(List.of("c", "d")));
    assertEquals("1 admitted by serving", quotas.of(List.of("d")));
    assertEquals("", quotas.of(List.of("other")));
  }
}
