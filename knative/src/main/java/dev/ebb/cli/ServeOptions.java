package dev.ebb.cli;

import dev.ebb.cli.model.CachedModel;
import dev.ebb.cli.model.ModelRef;
import dev.ebb.cli.model.Registry;
import dev.ebb.cli.server.RouterLaunch;
import dev.ebb.engine.backend.BackendProvider;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  @Option(names = "--backend", paramLabel = "NAME",
      description = "cpu, reference or cuda (never run on a GPU yet). Default: EBB_BACKEND, else cpu")
  String backend;

  /** The router that these options ask for, its model pulled if it was missing. */
  RouterLaunch spec(Context context) throws IOException, InterruptedException {
    Optional<BackendChoice> chosen = chosenBackend(context);
    FunctionSettings.check(context.env(), chosen.map(BackendChoice::provider)
        .orElseGet(() -> Backends.named(Backends.USUAL, Backends.known()).orElseThrow()));
    if (chosen.isPresent() && !chosen.get().name().equals(Backends.USUAL)) {
      needAvailable(chosen.get().setting(), chosen.get().provider());
    }
    int port = address.port(context);
    ModelRef ref = ModelRef.parse(model == null ? Registry.DEFAULT_ID : model);
    CachedModel ready = context.puller().ready(ref);
    return new RouterLaunch(context.dist(), context.home().runDir(port), false, address.host(context), port,
        ready.id(), ready.path(), advice(ref, ready), settings());
  }

  /** What to do when the model turns out to be unusable: only what lies in the cache can be pulled again. */
  private static String advice(ModelRef ref, CachedModel model) {
    return ref instanceof ModelRef.Local
        ? model.path() + " cannot be used as a model; give --model another file, or an id of ebb model list"
        : "if " + model.path() + " is damaged, fetch it again: ebb model rm " + model.id() + ", then ebb model pull "
            + (Registry.load().ids().contains(model.id()) || model.origin().isEmpty()
                ? model.id()
                : model.origin() + " --as " + model.id());
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    put(settings, "EBB_IDLE_SECONDS", idleSeconds);
    put(settings, "EBB_THREADS", threads);
    put(settings, "EBB_BACKEND", backend);
    return settings;
  }

  /**
   * Looks over these options and the environment variables behind them, before anything is fetched or started.
   *
   * @throws CliException naming the first that makes no sense
   */
  void check(Context context) {
    EnvironmentCheck.warnings(context.env()).forEach(context.err()::println);
    EnvironmentCheck.logLevel(context.env());
    between(context, "--idle", idleSeconds, "EBB_IDLE_SECONDS", Integer.MAX_VALUE);
    between(context, "--threads", threads, "EBB_THREADS", BackendProvider.THREADS_MAX);
    chosenBackend(context);
  }

  /**
   * A backend that somebody asked for.
   *
   * @param setting what asks for it, up to its name
   */
  private record BackendChoice(String setting, BackendProvider provider) {
    String name() {
      return provider.name();
    }
  }

  private Optional<BackendChoice> chosenBackend(Context context) {
    String variable = context.env().getOrDefault("EBB_BACKEND", "").strip();
    if (backend == null && variable.isEmpty()) {
      return Optional.empty();
    }
    String setting = backend == null ? "EBB_BACKEND=" : "--backend ";
    String name = backend == null ? variable : backend;
    List<BackendProvider> known = Backends.known();
    return Optional.of(Backends.named(name, known).map(provider -> new BackendChoice(setting, provider))
        .orElseThrow(() -> new CliException(setting + name + " is not there; use one of " + Backends.names(known))));
  }

  /** Where a router is to be started, so that it is told now and not by the first request. */
  static void needAvailable(String setting, BackendProvider wanted) {
    BackendProvider.Availability found = wanted.availability();
    if (!found.available()) {
      throw new CliException(setting + wanted.name() + " cannot run here: " + found.description());
    }
  }

  /** An option counts before its variable, which then need not make sense. */
  private static void between(Context context, String option, Integer value, String variable, int most) {
    if (value == null) {
      EnvironmentCheck.between(context.env(), variable, 1, most);
    } else if (value < 1 || value > most) {
      throw new CliException(option + " " + value + " makes no sense; give "
          + (most == Integer.MAX_VALUE ? "1 or more" : "1 to " + most));
    }
  }

  private static void put(Map<String, String> settings, String name, Object value) {
    if (value != null) {
      settings.put(name, value.toString());
    }
  }
}
