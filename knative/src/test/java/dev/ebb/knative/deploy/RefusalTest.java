package dev.ebb.knative.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;

class RefusalTest {
  private static final ObjectName ROUTER = new ObjectName(ObjectName.DEPLOYMENT, "ebb", "router");

  @Test
  void aConflictNamesFieldOwnerAndMend() {
    Status status = new StatusBuilder().withCode(409).withMessage("Apply failed with 1 conflict").withNewDetails()
        .addNewCause(".spec.replicas", "conflict with \"kubectl-scale\" using apps/v1", "FieldManagerConflict")
        .endDetails().build();
    assertEquals("Deployment router: others own fields of it: .spec.replicas (kubectl-scale); let them go there, or"
        + " take them over: ebb render -f FILE | kubectl apply --server-side --field-manager=ebb --force-conflicts"
        + " -f -",
        Refusal.sentence(ROUTER, new KubernetesClientException(status)));
  }

  @Test
  void otherRefusalsAreToldAsTheServerPutsThem() {
    Status status = new StatusBuilder().withCode(403).withMessage("deployments is forbidden").build();
    assertEquals("Deployment router: deployments is forbidden; ask for the right, ebb doctor --cluster -f FILE lists"
        + " what lacks", Refusal.sentence(ROUTER, new KubernetesClientException(status)));
    assertEquals("Deployment router: reset",
        Refusal.sentence(ROUTER, new KubernetesClientException("x", new java.io.IOException("reset"))));
  }
}
