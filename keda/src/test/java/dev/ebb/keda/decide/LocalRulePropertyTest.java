package dev.ebb.keda.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.keda.Fixtures;
import dev.ebb.keda.resource.ScaledObjectSpec;
import dev.ebb.keda.setting.Annotations;
import dev.ebb.keda.setting.Reading;
import dev.ebb.keda.setting.Settings;
import dev.ebb.keda.setting.SettingsReader;
import dev.ebb.keda.trigger.DemandRule;
import dev.ebb.keda.trigger.Names;
import dev.ebb.keda.trigger.PrometheusTrigger;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * One definition decides alike where there is KEDA and where there is none: from random annotations come the
 * ScaledObject, which {@link KedaModel} carries out, and the local rule, and both see the same demand.
 */
class LocalRulePropertyTest {
  private static final int SERIES = 3_000;
  private static final int STEPS = 60;

  private final Set<Integer> seen = new TreeSet<>();
  private int cooled;

  @Test
  void theLocalRuleDecidesAsKedaDoesByTheSameDefinition() {
    for (long seed = 0; seed < SERIES; seed++) {
      follow(seed);
    }
    assertTrue(seen.containsAll(Set.of(0, 1, 2, 3)), "replicas seen: " + seen);
    assertTrue(cooled > SERIES / 10, "series that fell to zero: " + cooled);
  }

  private void follow(long seed) {
    Random random = new Random(seed);
    Map<String, String> annotations = annotations(random);
    DemandRule rule = rule(annotations);
    KedaModel keda = new KedaModel(scaledObject(annotations));
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    Instant lastDemand = Instant.EPOCH;
    int replicas = 0;
    for (int step = 0; step < STEPS; step++) {
      now = now.plusMillis(1 + random.nextInt(6_000));
      OptionalDouble demand = demand(random);
      lastDemand = demand.isPresent() && rule.wakes(demand.getAsDouble()) ? now : lastDemand;
      int before = replicas;
      replicas = rule.replicas(demand, replicas, Duration.between(lastDemand, now));
      assertEquals(keda.poll(demand, now), replicas,
          "seed " + seed + ", step " + step + ", demand " + demand + ", " + before + " before, by " + rule);
      seen.add(replicas);
      cooled += before > 0 && replicas == 0 ? 1 : 0;
    }
  }

  private static Map<String, String> annotations(Random random) {
    int min = Math.max(0, random.nextInt(5) - 2);
    String trigger = "[{type: prometheus, serverAddress: 'http://prom', query: up, threshold: "
        + (1 + random.nextInt(40)) / 4.0 + ", activationThreshold: " + Math.max(0, random.nextInt(9) - 4) + "}]";
    return Map.of(Annotations.CLASS, Annotations.CLASS_NAME, Annotations.TRIGGERS, trigger,
        Annotations.COOLDOWN, random.nextInt(12) + "s", Annotations.MIN_SCALE, Integer.toString(min),
        Annotations.MAX_SCALE, Integer.toString(Math.max(1, min) + random.nextInt(4)));
  }

  /** Mostly nothing, sometimes much, now and then not known. */
  private static OptionalDouble demand(Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> OptionalDouble.empty();
      case 1, 2, 3 -> OptionalDouble.of(random.nextInt(30));
      case 4 -> OptionalDouble.of(random.nextDouble() * 6);
      default -> OptionalDouble.of(0);
    };
  }

  private static DemandRule rule(Map<String, String> annotations) {
    Reading.Valid valid = assertInstanceOf(Reading.Valid.class,
        SettingsReader.read(annotations, new Names("ns", "decode", "rev-1")));
    Settings settings = valid.settings();
    PrometheusTrigger trigger = assertInstanceOf(PrometheusTrigger.class, settings.triggers().getFirst());
    return trigger.rule(settings.cooldown(), settings.min(), settings.max());
  }

  private static ScaledObjectSpec scaledObject(Map<String, String> annotations) {
    Decision decision = Decide.on(new Observed(Fixtures.podAutoscaler(annotations),
        Optional.of(Fixtures.serverlessService("True", 1, 1)), Optional.of(Fixtures.deployment(1, 1)),
        Optional.empty(), RoutingState.ACTIVE, false, Fixtures.SUITED, Instant.EPOCH));
    return assertInstanceOf(Scaling.Wanted.class, decision.scaling()).scaledObject().getSpec();
  }
}
