package dev.ebb.router.app.scaler;

import dev.ebb.router.demand.Demand;
import dev.ebb.router.function.Phase;
import dev.ebb.router.scaler.DemandSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Demand of a model's phase, by the keys {@code model} and {@code phase} of a trigger; what is withheld is 0. */
final class RouterDemand implements DemandSource {
  private final Demand demand;

  RouterDemand(Demand demand) {
    this.demand = demand;
  }

  @Override
  public int value(Map<String, String> metadata) {
    String model = metadata.get("model");
    Optional<Phase> phase =
        Arrays.stream(Phase.values()).filter(one -> one.label().equals(metadata.get("phase"))).findFirst();
    if (model == null || !demand.models().contains(model) || phase.isEmpty()) {
      throw new IllegalArgumentException("no demand of " + pair(model, metadata.get("phase"))
          + " here; the trigger's metadata may name " + known());
    }
    return demand.value(model, phase.get());
  }

  private String known() {
    return demand.models().stream()
        .flatMap(model -> Arrays.stream(Phase.values()).map(phase -> pair(model, phase.label())))
        .collect(Collectors.joining(" or "));
  }

  private static String pair(String model, String phase) {
    return "model=" + model + " phase=" + phase;
  }

  @Override
  public void onRise(Runnable listener) {
    demand.onWake((model, phase) -> listener.run());
  }
}
