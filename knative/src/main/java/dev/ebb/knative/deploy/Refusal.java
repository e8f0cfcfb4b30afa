package dev.ebb.knative.deploy;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Puts into a sentence why an object was not taken. */
final class Refusal {
  static final int INVALID = 422;
  private static final String CONFLICT = "FieldManagerConflict";
  private static final Pattern OWNER = Pattern.compile("conflict with \"([^\"]+)\"");

  private Refusal() {}

  /** The sentence, with the mend where one is known. */
  static String sentence(ObjectName object, KubernetesClientException failure) {
    List<StatusCause> conflicts = conflicts(failure.getStatus());
    if (!conflicts.isEmpty()) {
      String fields = conflicts.stream().map(cause -> cause.getField() + " (" + owner(cause) + ")").distinct()
          .collect(Collectors.joining(", "));
      return object + ": others own fields of it: " + fields + "; let them go there, or take them over: ebb render -f"
          + " FILE | kubectl apply --server-side --field-manager=ebb --force-conflicts -f -";
    }
    String message = failure.getStatus() == null || failure.getStatus().getMessage() == null
        ? cause(failure) : failure.getStatus().getMessage();
    String mend = failure.getCode() == HttpURLConnection.HTTP_FORBIDDEN
        ? "; ask for the right, ebb doctor --cluster -f FILE lists what lacks" : "";
    return object + ": " + message.strip() + mend;
  }

  private static List<StatusCause> conflicts(Status status) {
    if (status == null || status.getDetails() == null || status.getDetails().getCauses() == null) {
      return List.of();
    }
    return status.getDetails().getCauses().stream().filter(cause -> CONFLICT.equals(cause.getReason())).toList();
  }

  private static String owner(StatusCause cause) {
    Matcher matcher = OWNER.matcher(String.valueOf(cause.getMessage()));
    return matcher.find() ? matcher.group(1) : cause.getMessage();
  }

  /** Of a failure on the way, which carries its reason as its cause. */
  private static String cause(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null ? deepest.getClass().getSimpleName() : message;
  }
}
