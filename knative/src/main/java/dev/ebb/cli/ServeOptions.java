package dev.ebb.cli;

import dev.ebb.cli.model.CachedModel;
import dev.ebb.cli.model.ModelRef;
import dev.ebb.cli.model.Registry;
import dev.ebb.cli.server.RouterSpec;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that can start a router. */
final class ServeOptions {
  @Option(names = "--model", paramLabel = "MODEL",
      description = "An id (ebb model list), hf://org/repo/file.gguf, or a path. Default: " + Registry.DEFAULT_ID)
  String model;

  @Mixin AddressOptions address;

  @Option(names = "--idle", paramLabel = "SECONDS",
      description = "Idle time after which prefill and decode stop. Default: EBB_IDLE_SECONDS, else 60")
  Integer idleSeconds;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of each function. Default: all cores")
  Integer threads;

  @Option(names = "--backend", paramLabel = "NAME", description = "cpu or reference. Default: EBB_BACKEND, else cpu")
  String backend;

  /** The router that these options ask for, its model pulled if it was missing. */
  RouterSpec spec(Context context) throws IOException, InterruptedException {
    check();
    int port = address.port(context);
    CachedModel ready = context.puller().ready(ModelRef.parse(model == null ? Registry.DEFAULT_ID : model));
    return new RouterSpec(context.dist(), context.home().runDir(port), false, address.host(context), port,
        ready.id(), ready.path(), settings());
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    put(settings, "EBB_IDLE_SECONDS", idleSeconds);
    put(settings, "EBB_THREADS", threads);
    put(settings, "EBB_BACKEND", backend);
    return settings;
  }

  private void check() {
    atLeast("--idle", idleSeconds, 1);
    atLeast("--threads", threads, 1);
    if (backend != null && !backend.equals("cpu") && !backend.equals("reference")) {
      throw new CliException("--backend " + backend + " is not there; use cpu or reference");
    }
  }

  private static void atLeast(String option, Integer value, int least) {
    if (value != null && value < least) {
      throw new CliException(option + " " + value + " makes no sense; give " + least + " or more");
    }
  }

  private static void put(Map<String, String> settings, String name, Object value) {
    if (value != null) {
      settings.put(name, value.toString());
    }
  }
}
