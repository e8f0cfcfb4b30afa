package dev.ebb.knative.deploy;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.knative.render.Rendering;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whose an object is that is found in the namespace when all of Ebb is gone. */
class HomeTest {
  private static final Map<String, String> OURS = Rendering.labels("ebb");

  private static boolean isStranger(ObjectMeta object) {
    return Home.isStranger(object, OURS);
  }

  private static ObjectMeta owned(String apiVersion, String kind) {
    return new ObjectMetaBuilder().withName("x").addNewOwnerReference().withApiVersion(apiVersion).withKind(kind)
        .withName("owner").endOwnerReference().build();
  }

  @Test
  void whatBearsNoLabelsOfOursIsSomebodys() {
    assertTrue(isStranger(new ObjectMetaBuilder().withName("x").build()));
    assertTrue(isStranger(new ObjectMetaBuilder().withName("x").withLabels(Rendering.labels("other")).build()));
    assertFalse(isStranger(new ObjectMetaBuilder().withName("x").withLabels(OURS).build()));
  }

  @Test
  void whatIsInEveryNamespaceIsNobodys() {
    assertFalse(isStranger(new ObjectMetaBuilder().withName("kube-root-ca.crt").build()));
  }

  /** A Deployment of an operator of somebody's would go with the namespace, and its owner is not looked for. */
  @Test
  void whatAnOperatorMadeIsSomebodys() {
    assertTrue(isStranger(owned("postgres.example.com/v1", "Database")));
    assertFalse(isStranger(owned("serving.knative.dev/v1", "Revision")), "its Knative Service counts");
    assertFalse(isStranger(owned("batch/v1", "CronJob")), "which counts itself");
    assertFalse(isStranger(owned("v1", "Pod")));
  }
}
