package dev.ebb.kueue.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.kueue.Yaml;
import dev.ebb.kueue.resource.ClusterQueue;
import dev.ebb.kueue.resource.Cohort;
import dev.ebb.kueue.resource.ResourceFlavor;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuotasTest {
  private static final String GPU = "nvidia.com/gpu";
  private static final List<ResourceFlavor> FLAVORS = List.of(flavor("h100"), flavor("l4"));

  private static ResourceFlavor flavor(String name) {
    return Yaml.read(ResourceFlavor.class, "kind: ResourceFlavor\nmetadata: {name: " + name + "}\n");
  }

  /** A queue with one GPU flavor; {@code quota} is what follows the resource's name, such as its limits. */
  private static ClusterQueue queue(String name, String spec, String quota, int used) {
    return Yaml.read(ClusterQueue.class, """
        kind: ClusterQueue
        metadata: {name: %s}
        spec:
          %s
          resourceGroups:
          - coveredResources: [nvidia.com/gpu]
            flavors: [{name: h100, resources: [{name: nvidia.com/gpu, %s}]}]
        status:
          flavorsReservation: [{name: h100, resources: [{name: nvidia.com/gpu, total: "%d"}]}]
        """.formatted(name, spec, quota, used));
  }

  private static Cohort cohort(String name, String parent, String quota) {
    return Yaml.read(Cohort.class, """
        kind: Cohort
        metadata: {name: %s}
        spec:
          parentName: %s
          resourceGroups:
          - coveredResources: [nvidia.com/gpu]
            flavors: [{name: h100, resources: [{name: nvidia.com/gpu, %s}]}]
        """.formatted(name, parent, quota));
  }

  private static FlavorQuota gpus(String queue, List<ClusterQueue> queues, Cohort... cohorts) {
    return view(queue, queues, cohorts).flavors().getFirst();
  }

  private static QuotaView view(String queue, List<ClusterQueue> queues, Cohort... cohorts) {
    return new Quotas(queues, List.of(cohorts), FLAVORS).view(queue).orElseThrow();
  }

  private static Quantity q(String amount) {
    return new Quantity(amount);
  }

  @Test
  void queueAloneHasWhatItOwns() {
    FlavorQuota gpus = gpus("a", List.of(queue("a", "", "nominalQuota: \"4\"", 3)));
    assertEquals(new FlavorQuota("h100", GPU, q("4"), Optional.empty(), Optional.empty(), q("3"), q("0"), q("1"),
        q("4")), gpus);
  }

  @Test
  void cohortLendsWhatIsUnused() {
    var queues = List.of(queue("a", "cohortName: all", "nominalQuota: \"2\"", 2),
        queue("b", "cohortName: all", "nominalQuota: \"4\"", 1));
    assertEquals(q("3"), gpus("a", queues).left(), "b's three, borrowed");
    assertEquals(q("3"), gpus("b", queues).left());
    assertEquals(q("6"), gpus("a", queues).most());
  }

  @Test
  void borrowingLimitBounds() {
    var queues = List.of(queue("a", "cohortName: all", "nominalQuota: \"2\", borrowingLimit: \"1\"", 1),
        queue("b", "cohortName: all", "nominalQuota: \"4\"", 0));
    FlavorQuota a = gpus("a", queues);
    assertEquals(q("2"), a.left(), "one of its own and one of b's");
    assertEquals(q("3"), a.most());
    assertEquals(Optional.of(q("1")), a.borrowingLimit());
  }

  @Test
  void lendingLimitKeepsBack() {
    var queues = List.of(queue("a", "cohortName: all", "nominalQuota: \"2\"", 2),
        queue("b", "cohortName: all", "nominalQuota: \"4\", lendingLimit: \"1\"", 0));
    assertEquals(q("1"), gpus("a", queues).left());
    assertEquals(q("3"), gpus("a", queues).most());
    assertEquals(q("4"), gpus("b", queues).left(), "a uses only what is its own");
  }

  @Test
  void whatWasLentIsGone() {
    var queues = List.of(queue("a", "cohortName: all", "nominalQuota: \"2\"", 5),
        queue("b", "cohortName: all", "nominalQuota: \"4\"", 0));
    assertEquals(q("3"), gpus("a", queues).borrowed());
    assertEquals(q("1"), gpus("b", queues).left(), "three of its four are lent");
  }

  @Test
  void lenderKeepsItsOwnWhenAllElseIsLent() {
    var queues = List.of(queue("a", "cohortName: all", "nominalQuota: \"2\"", 3),
        queue("b", "cohortName: all", "nominalQuota: \"4\", lendingLimit: \"1\"", 1));
    assertEquals(q("2"), gpus("b", queues).left(), "three are kept and one of them used");
    assertEquals(q("0"), gpus("a", queues).left());
  }

  @Test
  void moreHeldThanOwnedLeavesNothing() {
    assertEquals(q("0"), gpus("a", List.of(queue("a", "", "nominalQuota: \"1\"", 3))).left());
  }

  @Test
  void cohortObjectAddsAPoolAndAParent() {
    var queues = List.of(queue("a", "cohortName: team", "nominalQuota: \"1\"", 1),
        queue("far", "cohortName: other", "nominalQuota: \"8\"", 0));
    Cohort team = cohort("team", "company", "nominalQuota: \"2\", borrowingLimit: \"3\"");
    Cohort other = cohort("other", "company", "nominalQuota: \"0\", lendingLimit: \"4\"");
    assertEquals(q("5"), gpus("a", queues, team, other).left(), "two of the pool, and three from above");
    Cohort unbounded = cohort("team", "company", "nominalQuota: \"2\"");
    assertEquals(q("7"), gpus("a", queues, unbounded, other).most(), "its one, the pool's two, and four that are lent");
    assertEquals(q("11"), gpus("far", queues, unbounded, other).most(), "its eight, and three of the other team");
  }

  @Test
  void stoppedQueueGivesAndLendsNothing() {
    var queues = List.of(queue("a", "cohortName: all", "nominalQuota: \"2\"", 2),
        queue("b", "cohortName: all\n  stopPolicy: Hold", "nominalQuota: \"4\"", 1));
    assertEquals(q("0"), gpus("a", queues).left());
    assertEquals(q("0"), gpus("b", queues).left());
    assertEquals(Optional.of("the queue's stopPolicy is Hold"), view("b", queues).stopped());
  }

  @Test
  void inactiveQueueSaysWhy() {
    ClusterQueue queue = queue("a", "", "nominalQuota: \"2\"", 0);
    queue.getStatus().conditions.add(new ConditionBuilder().withType("Active")
        .withStatus("False").withReason("FlavorNotFound").withMessage("no flavor x").build());
    assertEquals(Optional.of("Kueue holds the queue inactive (FlavorNotFound): no flavor x"),
        view("a", List.of(queue)).stopped());
  }

  @Test
  void cohortAboveItselfGivesNothing() {
    var queues = List.of(queue("a", "cohortName: x", "nominalQuota: \"2\"", 0));
    QuotaView view = view("a", queues, cohort("x", "y", "nominalQuota: \"1\""),
        cohort("y", "x", "nominalQuota: \"1\""));
    assertTrue(view.stopped().orElseThrow().contains("cohort x is above itself"));
    assertEquals(q("0"), view.flavors().getFirst().left());
  }

  @Test
  void flavorsAddUpAndOnePodUsesOne() {
    ClusterQueue queue = Yaml.read(ClusterQueue.class, """
        kind: ClusterQueue
        metadata: {name: a}
        spec:
          resourceGroups:
          - coveredResources: [nvidia.com/gpu, memory]
            flavors:
            - name: h100
              resources: [{name: nvidia.com/gpu, nominalQuota: "2"}, {name: memory, nominalQuota: 1Gi}]
            - name: l4
              resources: [{name: nvidia.com/gpu, nominalQuota: "3"}, {name: memory, nominalQuota: 512Mi}]
        """);
    QuotaView view = view("a", List.of(queue));
    assertEquals(new ResourceTotal(q("5"), q("0"), q("5"), q("5"), q("3"), q("3")), view.total(GPU).orElseThrow());
    assertEquals(q("1536Mi"), view.total("memory").orElseThrow().left());
    assertTrue(view.total("cpu").isEmpty());
  }

  @Test
  void absentFlavorGivesNothing() {
    var queues = List.of(queue("a", "", "nominalQuota: \"2\"", 0));
    QuotaView view = new Quotas(queues, List.of(), List.of()).view("a").orElseThrow();
    assertEquals(q("0"), view.flavors().getFirst().left());
    assertTrue(view.unseen().contains(BlindSpot.FLAVOR_ABSENT));
  }

  @Test
  void blindSpotsAreTold() {
    QuotaView view = view("a", List.of(queue("a", "preemption: {withinClusterQueue: LowerPriority}",
        "nominalQuota: \"2\"", 0)));
    assertTrue(view.unseen().containsAll(List.of(BlindSpot.DRAINING_PODS, BlindSpot.STATUS_LAG,
        BlindSpot.OUTSIDE_KUEUE, BlindSpot.PREEMPTION)));
    assertFalse(view("a", List.of(queue("a", "", "nominalQuota: \"2\"", 0))).unseen().contains(BlindSpot.PREEMPTION));
    assertTrue(BlindSpot.DRAINING_PODS.sentence().contains("30 s"));
  }

  @Test
  void unknownQueueHasNoView() {
    assertTrue(new Quotas(List.of(), List.of(), FLAVORS).view("a").isEmpty());
  }
}
