package dev.ebb.router.app.testing;

import java.util.HashMap;
import java.util.Map;

/** As {@link ClusterProfile}, with a port for KEDA. */
public class ScalerProfile extends ClusterProfile {
  public static final String SCALER_PORT = "ebb.test.scaler.port";

  @Override
  public Map<String, String> getConfigOverrides() {
    Map<String, String> all = new HashMap<>(super.getConfigOverrides());
    all.put("ebb.scaler.port", Integer.toString(free(SCALER_PORT)));
    return all;
  }
}
