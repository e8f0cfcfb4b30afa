package dev.ebb.cli.server;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a router is started with.
 *
 * @param dist the distribution folder
 * @param runDir logs, pid files and arena of this instance
 * @param host address to listen on
 * @param settings further {@code EBB_*} variables, such as {@code EBB_IDLE_SECONDS}
 */
public record RouterSpec(
    Path dist, Path runDir, String host, int port, String modelId, Path modelPath, Map<String, String> settings) {

  /** Base address, without a slash at the end. */
  public String url() {
    return "http://" + (host.equals("0.0.0.0") ? "127.0.0.1" : host) + ":" + port;
  }

  /** The same on another port, with that port's run folder. */
  public RouterSpec withPort(int otherPort, Path otherRunDir) {
    return new RouterSpec(dist, otherRunDir, host, otherPort, modelId, modelPath, settings);
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
