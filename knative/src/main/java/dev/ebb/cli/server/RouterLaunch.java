package dev.ebb.cli.server;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a router is started with.
 *
 * @param dist the distribution folder
 * @param runDir logs, pid files and arena of this instance
 * @param spareRunDir whether the run folder is of no use after this router and goes with it
 * @param host address to listen on
 * @param modelAdvice what to do when the model turns out to be unusable
 * @param settings further {@code EBB_*} variables, such as {@code EBB_IDLE_SECONDS}
 */
public record RouterLaunch(
    Path dist, Path runDir, boolean spareRunDir, String host, int port, String modelId, Path modelPath,
    String modelAdvice, Map<String, String> settings) {

  /** Base address, without a slash at the end. */
  public String url() {
    return url(host, port);
  }

  /**
   * The base address under which a router that listens there is called from this machine. One that listens on every
   * address is called on the loopback one.
   */
  public static String url(String host, int port) {
    return switch (host) {
      case "0.0.0.0" -> "http://127.0.0.1:" + port;
      case "::", "[::]" -> "http://[::1]:" + port;
      default -> "http://" + authority(host, port);
    };
  }

  /** The same on a port that was free by chance, with a run folder that goes with it. */
  public RouterLaunch onSparePort(int sparePort, Path itsRunDir) {
    return new RouterLaunch(dist, itsRunDir, true, host, sparePort, modelId, modelPath, modelAdvice, settings);
  }

  /** Host and port as an address writes them: a colon of the host's own must not be taken for the port's. */
  static String authority(String host, int port) {
    return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
  }

  /** The variables of the router process. */
  Map<String, String> environment() {
    Map<String, String> env = new LinkedHashMap<>(settings);
    env.put("EBB_HOST", host);
    env.put("EBB_PORT", Integer.toString(port));
    env.put("EBB_DIST", dist.toString());
    env.put("EBB_RUN_DIR", runDir.toString());
    env.put("EBB_MODEL_ID", modelId);
    env.put("EBB_MODEL_PATH", modelPath.toAbsolutePath().toString());
    env.put("EBB_PARENT_PID", Long.toString(ProcessHandle.current().pid()));
    env.put("QUARKUS_HTTP_HOST", host);
    env.put("QUARKUS_HTTP_PORT", Integer.toString(port));
    return env;
  }
}
