package dev.ebb.keda.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.keda.Fixtures;
import dev.ebb.keda.decide.Serving;
import dev.ebb.keda.resource.ScaledObject;
import dev.ebb.keda.setting.Annotations;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscaler;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessService;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code keda/deploy/autoscaler.yaml} grants is what the reconciler asks for, over a life of one revision. */
@EnableKubernetesMockClient(crud = true)
@Timeout(120)
class RightsTest extends LoopFixture {
  private static final String AGENT = "reconciler";
  /** Never asked for by a request: the API server looks whether it is granted, where it enforces owner references. */
  private static final Right OWNING = new Right("", "autoscaling.internal.knative.dev", "podautoscalers/finalizers", "",
      "update");

  KubernetesMockServer server;
  KubernetesClient client;

  @Override
  KubernetesClient client() {
    return client;
  }

  @Test
  void everyRightThatIsUsedIsGrantedAndNoOther() throws Exception {
    List<Right> granted = granted();
    Set<Right> used = new TreeSet<>(Comparator.comparing(Right::toString));
    live();
    for (RecordedRequest request = next(); request != null; request = next()) {
      if (AGENT.equals(request.getHeader("User-Agent"))) {
        Right.of(request.getMethod(), request.getPath()).ifPresent(used::add);
      }
    }
    assertEquals(List.of(), used.stream().filter(need -> granted.stream().noneMatch(it -> it.covers(need))).toList(),
        "used and not granted");
    assertEquals(List.of(OWNING), granted.stream().filter(it -> used.stream().noneMatch(it::covers)).toList(),
        "granted and not used");
  }

  @Test
  void theRightsAreThoseOfTheAccountThatThePodHas() throws IOException {
    String text = Files.readString(Path.of("deploy/autoscaler.yaml"));
    long roles = objects().stream().filter(it -> !Right.granted(it).isEmpty()).count();
    long bound = text.lines().filter("  - {kind: ServiceAccount, name: ebb-autoscaler, namespace: ebb-system}"::equals)
        .count();
    assertEquals(roles, bound, "each role is bound to the account");
    assertTrue(text.contains("serviceAccountName: ebb-autoscaler"));
  }

  /** All that a reconciler ever writes: a rollout, a pause, bad settings twice over, a repair, the lease given back. */
  private void live() {
    for (String name : Serving.CONFIG_MAPS) {
      create(new ConfigMapBuilder().withNewMetadata().withNamespace("knative-serving").withName(name).endMetadata()
          .build());
    }
    Options options = Options.of(new String[] {"--health-port=0"}, Map.of("POD_NAMESPACE", "ebb-system"));
    try (KubernetesClient own = new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder(client.getConfiguration()).withUserAgent(AGENT).build()).build();
        Controller controller = new Controller(own, options, Clock.systemUTC())) {
      controller.start();
      awakeObjects("active");
      eventually("an event", () -> eventReasons().contains("Normal Started"));
      client.resource(sks()).delete();
      eventually("a new ServerlessService", () -> sks() != null);
      edit(ServerlessService.class, "rev-1", service -> {
        service.getSpec().setMode("Proxy");
        return service;
      });
      eventually("its repair", () -> "Serve".equals(sks().getSpec().getMode()));
      for (int round = 0; round < 2; round++) {
        edit(PodAutoscaler.class, "rev-1", pa -> annotated(pa, Annotations.COOLDOWN, "soon"));
        eventually("Ready False", () -> status("Ready").equals("False"));
        edit(PodAutoscaler.class, "rev-1", pa -> annotated(pa, Annotations.COOLDOWN, "20s"));
        eventually("valid settings", () -> !status("SettingsValid").equals("False"));
      }
      route("reserve");
      eventually("the pause", () -> "0".equals(annotation(ScaledObject.PAUSED_REPLICAS)));
      pause(2 * options.retryPeriod().toMillis());
    }
  }

  private RecordedRequest next() throws InterruptedException {
    return server.takeRequest(1, TimeUnit.SECONDS);
  }

  private List<Right> granted() throws IOException {
    return objects().stream().flatMap(object -> Right.granted(object).stream()).toList();
  }

  private List<HasMetadata> objects() throws IOException {
    try (InputStream file = Files.newInputStream(Path.of("deploy/autoscaler.yaml"))) {
      return client.load(file).items();
    }
  }
}
