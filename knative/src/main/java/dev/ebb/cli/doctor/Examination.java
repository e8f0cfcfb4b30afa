package dev.ebb.cli.doctor;

import dev.ebb.cli.Backends;
import dev.ebb.cli.model.ModelCache;
import dev.ebb.cli.model.Pip;
import dev.ebb.cli.model.Registry;
import dev.ebb.engine.backend.BackendProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * All checks, in the order in which a start would meet them.
 *
 * @param arena folder that the arena would lie in
 */
public record Examination(Map<String, String> env, Path dist, ModelCache cache, Path arena, String host, int port) {

  /** Runs every check. */
  public List<Finding> run() throws IOException, InterruptedException {
    MachineChecks machine = new MachineChecks(Path.of("/proc"));
    List<Finding> findings = new ArrayList<>();
    findings.add(machine.java(Runtime.version().feature()));
    findings.add(machine.processor());
    findings.add(machine.memory());
    findings.add(InstallationChecks.distribution(dist));
    List<BackendProvider> backends = Backends.known();
    backends.forEach(provider -> findings.add(InstallationChecks.backend(provider, machine.hasGpu())));
    String chosen = env.getOrDefault("EBB_BACKEND", "").strip();
    if (!chosen.isEmpty()) {
      findings.add(InstallationChecks.chosenBackend(chosen, backends));
    }
    Backends.named(chosen.isEmpty() ? Backends.USUAL : chosen, backends)
        .ifPresent(backend -> findings.add(InstallationChecks.functionSettings(env, backend)));
    findings.add(MachineChecks.arena(arena));
    Registry registry = Registry.load();
    findings.add(InstallationChecks.model(cache.find(Registry.DEFAULT_ID), registry.sha256(Registry.DEFAULT_ID)));
    findings.add(InstallationChecks.pip(Pip.of(env)));
    findings.add(InstallationChecks.port(host, port));
    return findings;
  }
}
