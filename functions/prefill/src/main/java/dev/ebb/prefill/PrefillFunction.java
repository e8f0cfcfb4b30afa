package dev.ebb.prefill;

import dev.ebb.events.DecodeCompleted;
import dev.ebb.events.EventTypes;
import dev.ebb.events.PrefillCompleted;
import dev.ebb.events.Work;
import dev.ebb.runtime.work.Answers;
import io.quarkus.funqy.Funq;
import io.quarkus.funqy.knative.events.CloudEvent;
import io.quarkus.funqy.knative.events.CloudEventBuilder;
import io.quarkus.funqy.knative.events.CloudEventMapping;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;

/**
 * {@code dev.ebb.prefill.requested} to {@code dev.ebb.prefill.completed}. Serving alone it decodes too;
 * {@code ebb.function.accepts} says whether it may.
 */
@ApplicationScoped
public class PrefillFunction {
  private static final String SOURCE = "/ebb/prefill";

  @Inject Answers answers;

  /** Computes the prompt; the reply's subject is the request's id and its dataref the blocks' claim check. */
  @Funq
  @CloudEventMapping(trigger = EventTypes.PREFILL_REQUESTED, responseType = EventTypes.PREFILL_COMPLETED,
      responseSource = SOURCE)
  public Uni<CloudEvent<PrefillCompleted>> prefill(CloudEvent<Work> event) {
    return answers.prefill(event.data())
        .map(completed -> CloudEventBuilder.create()
            .subject(completed.requestId())
            .extensions(claimCheck(completed))
            .build(completed));
  }

  private static Map<String, String> claimCheck(PrefillCompleted completed) {
    return completed.handOff() == null
        ? Map.of()
        : Map.of(EventTypes.DATAREF, completed.handOff().arena() + "/" + completed.handOff().lease());
  }

  /** The whole answer. */
  @Funq
  @CloudEventMapping(trigger = EventTypes.DECODE_REQUESTED, responseType = EventTypes.DECODE_COMPLETED,
      responseSource = SOURCE)
  public Uni<CloudEvent<DecodeCompleted>> decode(CloudEvent<Work> event) {
    return answers.decode(event.data())
        .map(answer -> CloudEventBuilder.create().subject(answer.requestId()).build(answer));
  }
}
