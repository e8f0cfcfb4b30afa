package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.List;
import java.util.stream.Stream;

/** A router is never evicted to none; of a function one replica may go at a time, as its requests are sent again. */
final class DisruptionBudgets {
  private DisruptionBudgets() {}

  static List<Manifest> of(EbbYaml yaml) {
    return Stream.concat(
        RouterPart.all(yaml).stream()
            .map(router -> budget(yaml, router.name(), router.labels(), router.selector(), "minAvailable")),
        FunctionPart.all(yaml).stream()
            .map(part -> budget(yaml, part.name(), part.labels(), part.selector(), "maxUnavailable"))).toList();
  }

  private static Manifest budget(EbbYaml yaml, String name, Fields labels, Fields selector, String limit) {
    return Manifest.of(yaml, Kind.DISRUPTION_BUDGET, name, Fields.of("labels", labels),
        Fields.of("spec", Fields.of(limit, 1).and("selector", Labels.selecting(selector))));
  }
}
