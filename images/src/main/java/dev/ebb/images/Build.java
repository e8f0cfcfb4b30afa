package dev.ebb.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Builds the images out of what {@code make build} and {@code make images} have compiled. */
public final class Build {
  private final Options options;
  private final Path java;
  private final Path base;

  private Build(Options options) {
    this.options = options;
    java = options.work().resolve("java");
    base = options.work().resolve("base");
  }

  /** Flags: {@link Options}. Exit status: 0 built, 1 not, 2 wrong flags; one line an image on standard output. */
  public static void main(String[] arguments) throws InterruptedException {
    try {
      new Build(Options.of(arguments)).run();
    } catch (IllegalArgumentException e) {
      System.err.println("images: " + e.getMessage());
      System.exit(2);
    } catch (IOException e) {
      System.err.println("images: " + e.getMessage());
      System.exit(1);
    }
  }

  private void run() throws IOException, InterruptedException {
    Map<String, Path> apps = new TreeMap<>();
    for (Program program : Program.all()) {
      Path app = options.work().resolve(program.name()).resolve("app");
      AppFiles.make(program, options, app);
      apps.put(program.name(), app);
    }
    List<Path> jars = new ArrayList<>();
    for (Path app : apps.values()) {
      jars.addAll(Folders.jars(app));
    }
    Set<String> modules = JavaRuntime.link(jars, options.work(), java);
    Path library = apps.get("decode").resolve("native/libebb.so");
    Collection<DebianPackages.Package> packages = BaseFiles.make(java, library, base);
    OsRelease system = OsRelease.here();
    Files.createDirectories(options.out());
    for (Program program : Program.all()) {
      if (options.only().contains(program.name())) {
        write(program, apps.get(program.name()), new Materials().packages(packages, system).runtime(modules));
      }
    }
  }

  private void write(Program program, Path app, Materials materials) throws IOException, InterruptedException {
    String file = "ebb-" + program.name();
    String bill = materials.jars(app, Coordinates.read(list(program)), options.version())
        .json(file, options.version());
    Path own = options.work().resolve(program.name());
    Path share = Folders.fresh(own.resolve("share"));
    Folders.write(share.resolve("sbom/" + file + ".cdx.json"), bill);
    Folders.write(options.out().resolve(file + ".cdx.json"), bill);
    // From what changes seldom to what changes always: equal layers are stored once.
    List<Layer> layers = new ArrayList<>(List.of(new Layer("base", base, "/"), new Layer("java", java, Program.JAVA),
        new Layer("app", app, Program.APP), new Layer("sbom", share, "/usr/share")));
    Path start = Folders.fresh(own.resolve("start"));
    Folders.copy(StartArchive.make(program, layers, own.resolve("root")), start.resolve("app.aot"));
    layers.add(new Layer("start", start, Program.APP));
    Path tar = options.out().resolve(file + ".tar");
    String digest = Archive.write(program, layers, options, tar);
    System.out.printf("%s %s %,d bytes%n", options.reference(program.name()), digest, Files.size(tar));
  }

  private Path list(Program program) {
    return switch (program.source()) {
      case Program.Source.Quarkus(String folder) ->
          options.root().resolve(folder).resolve("quarkus-app-dependencies.txt");
      case Program.Source.Module(String folder, String artifact) ->
          options.root().resolve(folder).resolve("target/dependencies.txt");
    };
  }
}
