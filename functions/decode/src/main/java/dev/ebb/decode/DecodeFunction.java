package dev.ebb.decode;

import dev.ebb.events.DecodeCompleted;
import dev.ebb.events.EventTypes;
import dev.ebb.events.Work;
import dev.ebb.runtime.work.Answers;
import io.quarkus.funqy.Funq;
import io.quarkus.funqy.knative.events.CloudEvent;
import io.quarkus.funqy.knative.events.CloudEventBuilder;
import io.quarkus.funqy.knative.events.CloudEventMapping;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** {@code dev.ebb.decode.requested} to {@code dev.ebb.decode.completed}; streams are served before Funqy. */
@ApplicationScoped
public class DecodeFunction {
  @Inject Answers answers;

  /** Generates the answer; the reply's subject is the request's id. */
  @Funq
  @CloudEventMapping(trigger = EventTypes.DECODE_REQUESTED, responseType = EventTypes.DECODE_COMPLETED,
      responseSource = "/ebb/decode")
  public Uni<CloudEvent<DecodeCompleted>> decode(CloudEvent<Work> event) {
    return answers.decode(event.data())
        .map(answer -> CloudEventBuilder.create().subject(answer.requestId()).build(answer));
  }
}
