package dev.ebb.cli.doctor;

import dev.ebb.cli.Backends;
import dev.ebb.cli.CliException;
import dev.ebb.cli.FunctionSettings;
import dev.ebb.cli.client.RouterClient;
import dev.ebb.cli.model.CachedModel;
import dev.ebb.cli.model.Digest;
import dev.ebb.cli.model.Pip;
import dev.ebb.cli.model.Registry;
import dev.ebb.cli.server.Port;
import dev.ebb.cli.server.RouterLaunch;
import dev.ebb.cli.term.Sizes;
import dev.ebb.engine.backend.BackendProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The distribution, its native library, the default model, the port, and what a pull needs. */
final class InstallationChecks {
  private static final String CUDA = "cuda";
  private static final String MEND_BUILD = "run make build";

  private InstallationChecks() {}

  static Finding distribution(Path dist) {
    List<String> missing = List.of("router", "prefill", "decode").stream()
        .filter(app -> !Files.exists(dist.resolve(app).resolve("quarkus-run.jar")))
        .toList();
    return missing.isEmpty()
        ? Finding.ok("distribution", dist.toString())
        : Finding.broken("distribution", dist + " lacks " + String.join(", ", missing), MEND_BUILD);
  }

  /**
   * A backend.
   *
   * @param gpu whether this machine has an NVIDIA GPU, without which nobody misses the backend for one
   */
  static Finding backend(BackendProvider provider, boolean gpu) {
    BackendProvider.Availability found = provider.availability();
    String subject = "backend " + provider.name();
    if (!found.available() && isFullDisk(found.description())) {
      return Finding.broken(subject, found.description(),
          "make room on that disk, or set EBB_HOME to a folder on another");
    }
    if (!found.available() && provider.name().equals(CUDA)) {
      boolean absent = found.description().contains("no backend named");
      return gpu ? Finding.warning(subject, found.description(),
          absent ? "make cuda-toolchain, then make build" : "mend what it says; nvidia-smi shows device and driver")
          : Finding.ok(subject, "not usable, and this machine has no NVIDIA GPU (" + found.description() + ")");
    }
    return found.available()
        ? Finding.ok(subject, found.description())
        : Finding.warning(subject, found.description(), "choose another with --backend, or " + MEND_BUILD);
  }

  /** The one that {@code EBB_BACKEND} names, without which nothing is served. */
  static Finding chosenBackend(String name, List<BackendProvider> known) {
    Optional<BackendProvider> chosen = Backends.named(name, known);
    if (chosen.isEmpty()) {
      return Finding.broken("EBB_BACKEND", "'" + name + "' is no backend",
          "use one of " + Backends.names(known) + ", or leave it out");
    }
    BackendProvider.Availability found = chosen.get().availability();
    return found.available() ? Finding.ok("EBB_BACKEND", name)
        : Finding.broken("EBB_BACKEND", name + " cannot run here: " + found.description(),
            "mend what it says, or leave EBB_BACKEND out");
  }

  /** What functions would refuse with the first request. */
  static Finding functionSettings(Map<String, String> env, BackendProvider backend) {
    try {
      FunctionSettings.check(env, backend);
      return Finding.ok("settings of functions", "none that they would refuse");
    } catch (CliException e) {
      return Finding.broken("settings of functions", e.getMessage(), "export it anew, or unset it");
    }
  }

  private static boolean isFullDisk(String description) {
    String text = description.toLowerCase(Locale.ROOT);
    return text.contains("no space left") || text.contains("quota exceeded");
  }

  static Finding model(Optional<CachedModel> model, Optional<String> digest) throws IOException {
    String subject = "default model";
    if (model.isEmpty()) {
      return Finding.warning(subject, Registry.DEFAULT_ID + " is not here yet", "ebb model pull fetches it");
    }
    CachedModel there = model.get();
    if (digest.isPresent() && !Digest.of(there.path()).equals(digest.get())) {
      return Finding.broken(subject, there.path() + " is damaged: its SHA-256 is not " + digest.get(),
          "ebb model rm " + there.id() + " && ebb model pull");
    }
    return Finding.ok(subject, there.path() + ", " + Sizes.bytes(there.bytes()) + ", digest as it should be");
  }

  static Finding port(String host, int port) throws InterruptedException {
    String subject = "port " + port;
    try (RouterClient client = new RouterClient(RouterLaunch.url(host, port))) {
      Optional<List<String>> models = client.models();
      if (models.isPresent()) {
        return Finding.ok(subject, "a router serves " + String.join(", ", models.get()));
      }
    }
    try {
      return Port.isTaken(host, port)
          ? Finding.broken(subject, "taken by another program", "choose another with --port N or EBB_PORT=N")
          : Finding.ok(subject, "free");
    } catch (CliException | IOException e) {
      return Finding.broken(subject, e.getMessage(), "set EBB_HOST to an address of this machine");
    }
  }

  static Finding pip(Pip pip) throws InterruptedException {
    try {
      return Finding.ok("pip", pip.version());
    } catch (CliException e) {
      return Finding.warning("pip", "does not work; the default model comes through it",
          "apt-get install -y python3-pip, or set EBB_PYTHON to a Python that has pip");
    }
  }
}
