package dev.ebb.keda.loop;

import dev.ebb.keda.decide.Notice;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/** Records notices as Kubernetes events; the same notice again counts up instead of filling the namespace. */
final class EventRecorder {
  private static final System.Logger LOG = System.getLogger(EventRecorder.class.getName());
  private static final int MESSAGE_CHARS_MAX = 1024;

  private final KubernetesClient client;
  private final String identity;
  private final Clock clock;

  EventRecorder(KubernetesClient client, String identity, Clock clock) {
    this.client = client;
    this.identity = identity;
    this.clock = clock;
  }

  /** Records a notice on an object; that it could not be recorded is logged and stops nothing. */
  void record(HasMetadata on, Notice notice) {
    try {
      String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
      String namespace = on.getMetadata().getNamespace();
      Event before = client.v1().events().inNamespace(namespace).withName(name(on, notice)).get();
      if (before == null) {
        client.resource(event(on, notice, now)).create();
      } else {
        client.resource(new EventBuilder(before).withLastTimestamp(now)
            .withCount(Objects.requireNonNullElse(before.getCount(), 1) + 1).build()).update();
      }
    } catch (KubernetesClientException e) {
      LOG.log(System.Logger.Level.WARNING, "event {0} not recorded: {1}", notice.reason(), e.getMessage());
    }
  }

  private Event event(HasMetadata on, Notice notice, String now) {
    String message = notice.message();
    return new EventBuilder()
        .withNewMetadata().withName(name(on, notice)).withNamespace(on.getMetadata().getNamespace()).endMetadata()
        .withInvolvedObject(new ObjectReferenceBuilder().withApiVersion(on.getApiVersion()).withKind(on.getKind())
            .withName(on.getMetadata().getName()).withNamespace(on.getMetadata().getNamespace())
            .withUid(on.getMetadata().getUid()).build())
        .withType(notice.warning() ? "Warning" : "Normal")
        .withReason(notice.reason())
        .withMessage(message.length() <= MESSAGE_CHARS_MAX ? message : message.substring(0, MESSAGE_CHARS_MAX))
        .withFirstTimestamp(now).withLastTimestamp(now).withCount(1)
        .withNewSource().withComponent("keda.ebb.dev").withHost(identity).endSource()
        .build();
  }

  /** The same for the same notice on the same life of the object. */
  private static String name(HasMetadata on, Notice notice) {
    int hash = Objects.hash(on.getMetadata().getUid(), notice.reason(), notice.message());
    return on.getMetadata().getName() + "." + Integer.toHexString(hash);
  }
}
