package dev.ebb.keda.trigger;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An external push scaler: a gRPC server that tells of demand the moment it is there.
 *
 * @param scalerAddress {@code host:port} of the server, the port 1 to 65535, without a scheme
 * @param metadata further keys that the server is given to know what is asked about; values may hold variables
 */
public record PushTrigger(String scalerAddress, Map<String, String> metadata) implements Trigger {
  private static final Pattern ADDRESS = Pattern.compile("([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?):([0-9]{1,5})");
  private static final int PORT_MAX = 65_535;

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException where the address is not {@code host:port} or a text holds an unknown variable
   */
  public PushTrigger {
    requireAddress(scalerAddress);
    // In order of the keys, so that equal definitions render equal bytes.
    metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
    if (metadata.containsKey("scalerAddress")) {
      throw new IllegalArgumentException("metadata must not repeat scalerAddress");
    }
    metadata.values().forEach(Names::checked);
  }

  @Override
  public String type() {
    return "external-push";
  }

  @Override
  public Rendered render(Names names) {
    Map<String, String> filled = new LinkedHashMap<>();
    filled.put("scalerAddress", names.fill(scalerAddress));
    metadata.forEach((key, value) -> filled.put(key, names.fill(value)));
    return new Rendered(type(), Optional.empty(), filled, Optional.empty());
  }

  private static void requireAddress(String address) {
    Matcher matcher = ADDRESS.matcher(address == null ? "" : Names.checked(address).replaceAll("[{}]", "x"));
    if (!matcher.matches() || port(matcher) < 1 || port(matcher) > PORT_MAX) {
      throw new IllegalArgumentException(
          "scalerAddress '" + address + "' is not host:port; give for example router.ebb.svc:9190");
    }
  }

  private static int port(Matcher matcher) {
    return Integer.parseInt(matcher.group(3));
  }
}
