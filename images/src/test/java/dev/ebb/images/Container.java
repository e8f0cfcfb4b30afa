package dev.ebb.images;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** An image under runc, as strictly as rendered pods ask for it: its user, no capability, a read-only root. */
final class Container implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final List<String> HIDDEN = List.of("pid", "ipc", "uts", "mount");

  private final String id = "ebb-" + UUID.randomUUID();
  private final Path log;
  private final Process process;

  /**
   * Starts it; it shares the network of this machine.
   *
   * @param mounts folders of this machine by where they are mounted; {@code :ro} at the end makes one read-only
   */
  Container(ImageFile image, Path root, List<String> arguments, Map<String, String> environment,
      Map<String, String> mounts) throws IOException {
    Path bundle = Files.createTempDirectory(root.getParent(), "bundle");
    log = bundle.resolve("log");
    MAPPER.writeValue(bundle.resolve("config.json").toFile(), spec(image, root, arguments, environment, mounts));
    process = new ProcessBuilder("runc", "run", "--bundle", bundle.toString(), id).redirectErrorStream(true)
        .redirectOutput(log.toFile()).start();
  }

  /** The identity on this machine of its first process. */
  long pid() throws IOException, InterruptedException {
    return MAPPER.readTree(Exec.run(List.of("runc", "state", id))).get("pid").asLong();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  /** For messages. */
  String logOrEmpty() {
    try {
      return log();
    } catch (IOException e) {
      return "";
    }
  }

  int awaitEnd(long seconds) throws IOException, InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      throw new AssertionError("did not end within " + seconds + " s:\n" + log());
    }
    return process.exitValue();
  }

  void terminate() throws IOException, InterruptedException {
    Exec.run(List.of("runc", "kill", id, "TERM"));
  }

  @Override
  public void close() throws IOException, InterruptedException {
    if (process.isAlive()) {
      Exec.run(List.of("runc", "delete", "--force", id));
      process.waitFor();
    }
  }

  private static ObjectNode spec(ImageFile image, Path root, List<String> arguments, Map<String, String> environment,
      Map<String, String> mounts) {
    ObjectNode spec = MAPPER.createObjectNode().put("ociVersion", "1.0.2");
    spec.putObject("root").put("path", root.toString()).put("readonly", true);
    ObjectNode process = spec.putObject("process").put("noNewPrivileges", true)
        .put("cwd", image.config().at("/config/WorkingDir").asText());
    String[] user = image.config().at("/config/User").asText().split(":");
    process.putObject("user").put("uid", Integer.parseInt(user[0])).put("gid", Integer.parseInt(user[1]));
    process.putObject("capabilities");
    List<String> command = new ArrayList<>(image.texts("Entrypoint"));
    command.addAll(arguments);
    process.set("args", MAPPER.valueToTree(command));
    process.set("env", MAPPER.valueToTree(variables(image, environment)));
    ArrayNode all = spec.putArray("mounts");
    mount(all, "/proc", "proc", "proc");
    mount(all, "/dev", "tmpfs", "tmpfs", "mode=755");
    mount(all, "/tmp", "tmpfs", "tmpfs", "nosuid", "nodev", "noexec", "size=64m", "mode=1777");
    mounts.forEach((to, from) -> mount(all, to, "bind", from.replaceFirst(":ro$", ""), "rbind",
        from.endsWith(":ro") ? "ro" : "rw"));
    ArrayNode namespaces = spec.putObject("linux").putArray("namespaces");
    HIDDEN.forEach(name -> namespaces.addObject().put("type", name));
    return spec;
  }

  private static List<String> variables(ImageFile image, Map<String, String> environment) {
    Map<String, String> all = new LinkedHashMap<>();
    image.texts("Env").forEach(one -> all.put(one.split("=", 2)[0], one.split("=", 2)[1]));
    all.putAll(environment);
    return all.entrySet().stream().map(one -> one.getKey() + "=" + one.getValue()).toList();
  }

  private static void mount(ArrayNode mounts, String to, String type, String from, String... options) {
    mounts.addObject().put("destination", to).put("type", type).put("source", from)
        .set("options", MAPPER.valueToTree(options));
  }
}
