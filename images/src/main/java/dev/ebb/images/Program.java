package dev.ebb.images;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What runs in an image.
 *
 * @param name of the image, without prefix and {@code ebb-}
 * @param title one line, for the label
 * @param source where its jars come from
 * @param start what is run, after the options of the JVM
 * @param jvm options of the JVM, the same when its start archive is made
 * @param environment that an image brings, for who runs it by hand
 * @param training the start that its archive is made from
 * @param ports where it listens
 */
record Program(String name, String title, Source source, List<String> start, List<String> jvm,
    Map<String, String> environment, Training training, List<Integer> ports) {
  static final String APP = "/app";
  static final String JAVA = "/opt/java";
  /** User and group that rendered pods name. In numbers: a kubelet cannot tell whether a name is root's. */
  static final int USER = 10001;
  /** Where rendered pods mount the store of keys and values. */
  static final String ARENA = "/var/run/ebb/arena";
  /**
   * Where some device plugins mount NVIDIA's driver (Google's); NVIDIA's own puts it where loaders look anyhow, as far
   * as {@code NVIDIA_DRIVER_CAPABILITIES} asks for it.
   */
  private static final String DRIVER = "/usr/local/nvidia/lib64";
  private static final String CLASS_PATH = "@" + APP + "/class-path";

  /** Where a program's jars come from. */
  sealed interface Source {
    /** A Quarkus application in {@code folder}, started by its {@code quarkus-run.jar}. */
    record Quarkus(String folder) implements Source {}

    /** A plain module with {@code target/ARTIFACT-VERSION.jar} and {@code target/lib/}. */
    record Module(String folder, String artifact) implements Source {}
  }

  /**
   * A start that ends by itself and needs no model, no network and no cluster.
   *
   * @param exit status that it must end with
   */
  record Training(List<String> arguments, Map<String, String> environment, int exit) {}

  /** All of them, in the order in which they are built. */
  static List<Program> all() {
    return List.of(router(), function("prefill", "computes prompts"), function("decode", "generates tokens"),
        autoscaler(), command("cli", "the command ebb", List.of()),
        command("batch", "a JobSink's job", List.of("batch")));
  }

  static List<String> names() {
    return all().stream().map(Program::name).toList();
  }

  /** The command line without the start archive. */
  List<String> command(List<String> archive) {
    List<String> command = new ArrayList<>(List.of(JAVA + "/bin/java"));
    command.addAll(archive);
    command.addAll(jvm);
    command.addAll(start);
    return command;
  }

  /** The router ends with 22 where its model is no model, after it has started all but that. */
  private static Program router() {
    Map<String, String> training = Map.of("EBB_MODEL_ID", "none", "EBB_MODEL_PATH", APP + "/quarkus-run.jar",
        "EBB_PREFILL_URL", "http://127.0.0.1:1", "EBB_DECODE_URL", "http://127.0.0.1:1", "EBB_HOST", "127.0.0.1",
        "EBB_PORT", "0");
    return new Program("router", "Ebb router: always awake, takes requests and wakes functions",
        new Source.Quarkus("dist/router"), List.of("-jar", APP + "/quarkus-run.jar"),
        // What a pod asked for is of no use to others, so nothing is gained by giving memory back as on one machine.
        jvm("-XX:+UseSerialGC", "-XX:MaxRAMPercentage=60", "-XX:TieredStopAtLevel=1"),
        environment(Map.of("EBB_HOST", "0.0.0.0", "EBB_PLATFORM", "static")), new Training(List.of(), training, 22),
        List.of(8080));
  }

  /** Functions end with 21 where there is no model. Their options are those of the local platform's launcher. */
  private static Program function(String name, String what) {
    Map<String, String> training = Map.of("EBB_MODEL_ID", "none", "EBB_MODEL_PATH", "/no-model", "EBB_ARENA_DIR",
        "/no-arena", "QUARKUS_HTTP_HOST", "127.0.0.1", "PORT", "0");
    return new Program(name, "Ebb " + name + " function: " + what, new Source.Quarkus("dist/" + name),
        List.of("-jar", APP + "/quarkus-run.jar"),
        jvm("-XX:+UseSerialGC", "-XX:MaxRAMPercentage=30", "-XX:Tier4InvocationThreshold=20000",
            "-XX:Tier4MinInvocationThreshold=2400", "-XX:Tier4CompileThreshold=60000",
            "-XX:Tier4BackEdgeThreshold=160000"),
        environment(Map.of("QUARKUS_HTTP_HOST", "0.0.0.0", "EBB_ARENA_DIR", ARENA, "EBB_NATIVE_LIBRARY",
            AppFiles.LIBRARY, "NVIDIA_DRIVER_CAPABILITIES", "compute,utility", "LD_LIBRARY_PATH", DRIVER)),
        new Training(List.of(), training, 21), List.of(8080));
  }

  /** The reconciler ends with 1 where nobody answers for the cluster. */
  private static Program autoscaler() {
    return new Program("autoscaler", "Ebb autoscaler: the Knative autoscaler class keda.ebb.dev",
        new Source.Module("keda", "ebb-keda"), List.of(CLASS_PATH, "dev.ebb.keda.loop.Main"),
        jvm("-XX:+UseSerialGC", "-XX:MaxRAMPercentage=60", "-XX:TieredStopAtLevel=1"), environment(Map.of()),
        new Training(List.of("--health-port=0"), Map.of("KUBERNETES_MASTER", "http://127.0.0.1:1",
            "KUBERNETES_REQUEST_RETRY_BACKOFFLIMIT", "0"), 1), List.of(8081));
  }

  /** The command, or one of its subcommands. */
  private static Program command(String name, String title, List<String> arguments) {
    List<String> start = new ArrayList<>(List.of(CLASS_PATH, "dev.ebb.cli.Ebb"));
    start.addAll(arguments);
    return new Program(name, "Ebb: " + title, new Source.Module("knative", "ebb-cli"), start,
        jvm("-XX:+UseSerialGC", "-XX:MaxRAMPercentage=60", "-XX:TieredStopAtLevel=1", "-Debb.tty=",
            "-Debb.columns=80", "-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8"),
        environment(Map.of("EBB_NATIVE_LIBRARY", AppFiles.LIBRARY)), new Training(List.of("--help"), Map.of(), 0),
        List.of());
  }

  /**
   * No file may be written in a read-only root, so a crash is told on the error stream. And where the heap's share of
   * the memory is more than some 30 GiB, HotSpot would turn compressed references off, and a start archive that was
   * made with the other setting is refused, so it could not start: an image would depend on the memory of the machine
   * that built it. Told on the command line to compress, it keeps to a heap that it can address so instead.
   */
  private static List<String> jvm(String... options) {
    List<String> all = new ArrayList<>(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+ExitOnOutOfMemoryError",
        "-XX:+ErrorFileToStderr", "-XX:+UseCompressedOops"));
    all.addAll(List.of(options));
    return all;
  }

  private static Map<String, String> environment(Map<String, String> own) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("LANG", "C.UTF-8");
    all.put("PATH", JAVA + "/bin");
    own.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(one -> all.put(one.getKey(), one.getValue()));
    return all;
  }
}
