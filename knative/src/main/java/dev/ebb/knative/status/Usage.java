package dev.ebb.knative.status;

import dev.ebb.kueue.api.KueueAbsentException;
import dev.ebb.kueue.api.KueueApi;
import dev.ebb.kueue.quota.QuotaView;
import dev.ebb.kueue.quota.Quotas;
import dev.ebb.kueue.resource.ClusterQueue;
import dev.ebb.kueue.resource.Cohort;
import dev.ebb.kueue.resource.LocalQueue;
import dev.ebb.kueue.resource.ResourceFlavor;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Quota of the queues of a namespace: what all that stand in them hold, of what they own.
 *
 * @param byQueue by the LocalQueue's name: by resource {@code USED/NOMINAL}
 * @param unknown why it is not known; empty where it is
 */
record Usage(Map<String, Map<String, String>> byQueue, String unknown) {
  private static final List<String> UNITS = List.of("Ki", "Mi", "Gi", "Ti");

  /** Reads it. */
  static Usage read(KubernetesClient client, String namespace) {
    try {
      KueueApi kueue = KueueApi.discover(client);
      var quotas = new Quotas(kueue.list(ClusterQueue.class), kueue.list(Cohort.class),
          kueue.list(ResourceFlavor.class));
      Map<String, Map<String, String>> byQueue = new TreeMap<>();
      kueue.list(LocalQueue.class).stream().filter(queue -> namespace.equals(queue.getMetadata().getNamespace()))
          .forEach(queue -> quotas.view(queue.getSpec().clusterQueue)
              .ifPresent(view -> byQueue.put(queue.getMetadata().getName(), shares(view))));
      return new Usage(byQueue, "");
    } catch (KueueAbsentException e) {
      return new Usage(Map.of(), "");
    } catch (KubernetesClientException e) {
      return new Usage(Map.of(), "quota is not known: " + e.getMessage());
    }
  }

  private static Map<String, String> shares(QuotaView view) {
    Map<String, String> shares = new LinkedHashMap<>();
    view.flavors().stream().map(part -> part.resource()).distinct().forEach(resource -> view.total(resource)
        .ifPresent(total -> shares.put(resource, shown(total.used()) + "/" + shown(total.nominal()))));
    return shares;
  }

  /** Bytes in the largest unit, from Mi, of which they are a whole number; what has no unit never has so many. */
  static String shown(Quantity quantity) {
    BigDecimal value = quantity.getNumericalAmount();
    for (int unit = UNITS.size(); unit > 1; unit--) {
      BigDecimal[] parts = value.divideAndRemainder(BigDecimal.valueOf(1024).pow(unit));
      if (parts[0].signum() > 0 && parts[1].signum() == 0) {
        return parts[0].toBigInteger() + UNITS.get(unit - 1);
      }
    }
    return value.stripTrailingZeros().toPlainString();
  }

  /** A line for each queue. */
  List<String> lines(String namespace) {
    List<String> lines = new ArrayList<>();
    byQueue.forEach((queue, shares) -> lines.add("queue " + queue + " in " + namespace + ", used/nominal: "
        + shares.entrySet().stream().map(share -> share.getKey() + " " + share.getValue())
            .collect(Collectors.joining(", "))));
    if (!unknown.isEmpty()) {
      lines.add(unknown);
    }
    return lines;
  }
}
