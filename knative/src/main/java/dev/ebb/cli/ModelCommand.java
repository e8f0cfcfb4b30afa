package dev.ebb.cli;

import dev.ebb.cli.model.CachedModel;
import dev.ebb.cli.model.ModelCache;
import dev.ebb.cli.model.ModelRef;
import dev.ebb.cli.model.Puller;
import dev.ebb.cli.model.Registry;
import dev.ebb.cli.term.Sizes;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.ModelFormatException;
import dev.ebb.engine.model.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ebb model}: the model cache. */
@Command(name = "model", description = "Pull, list, remove and inspect models.")
final class ModelCommand implements Runnable {
  private final Context context;

  @Spec CommandSpec spec;

  ModelCommand(Context context) {
    this.context = context;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which of pull, list, rm, path, inspect?");
  }

  @Command(name = "pull", description = "Fetch a model into the cache; goes on where an earlier pull stopped.")
  void pull(
      @Parameters(paramLabel = "MODEL", arity = "0..1", defaultValue = Registry.DEFAULT_ID,
          description = "An id, hf://org/repo/file.gguf, hf://org/repo, or a path. Default: ${DEFAULT-VALUE}")
      String name,
      @Option(names = "--as", paramLabel = "NAME", description = "Id to give it") String as,
      @Option(names = "--replace",
          description = "Put it in the place of one of that id from elsewhere, which is kept until this one is whole")
      boolean replace)
      throws IOException, InterruptedException {
    if (as != null && !(ModelRef.isId(as) && ModelRef.idOf(as).equals(as))) {
      throw new CliException("--as " + (as.isEmpty() ? "''" : as) + " is no id; use lower-case letters, digits, dots"
          + " and dashes, a letter or digit first");
    }
    ModelRef ref = ModelRef.parse(name);
    if (ref instanceof ModelRef.Local(Path path) && Files.isRegularFile(path)) {
      needModel(path);
    }
    Puller puller = context.puller();
    Optional<String> id = Optional.ofNullable(as);
    CachedModel model = replace ? puller.replace(ref, id) : puller.pull(ref, id);
    warnIfUnreadable(model);
    context.out().println(model.id() + "  " + Sizes.bytes(model.bytes()) + "  " + model.path());
  }

  @Command(name = "list", description = "Show the models in the cache and the known ones that are not.")
  void list() {
    ModelCache cache = context.cache();
    List<CachedModel> models = cache.list();
    for (CachedModel model : models) {
      context.out().printf("%-28s %9s  %s%n", model.id(), Sizes.bytes(model.bytes()), model.origin());
    }
    Registry registry = Registry.load();
    for (String id : registry.ids()) {
      if (cache.find(id).isEmpty()) {
        context.out().printf("%-28s %9s  %s%n", id, "not here", registry.about(id));
      }
    }
  }

  @Command(name = "rm", description = "Remove a model from the cache.")
  void remove(@Parameters(paramLabel = "ID") String id) throws IOException {
    CachedModel model = here(id);
    Optional<String> fingerprint = fingerprint(model.path());
    context.cache().remove(model.id());
    context.out().println("removed " + model.id() + ", " + Sizes.bytes(model.bytes()));
    if (fingerprint.isPresent()) {
      removeArenas(fingerprint.get());
    }
  }

  private static Optional<String> fingerprint(Path path) {
    try (ModelFile file = Models.open(path)) {
      return Optional.of(file.fingerprint());
    } catch (ModelFormatException e) {
      // What cannot be opened has never served, so nothing is kept of it.
      return Optional.empty();
    }
  }

  private void removeArenas(String fingerprint) throws IOException {
    for (Path file : ArenaFiles.of(context.home().runs(), fingerprint)) {
      context.out().println(ArenaFiles.delete(file)
          ? "removed its keys and values, " + file
          : "kept its keys and values, " + file + ", which a running function uses");
    }
  }

  @Command(name = "path", description = "Print the path of a model in the cache.")
  void path(@Parameters(paramLabel = "ID", arity = "0..1", defaultValue = Registry.DEFAULT_ID) String id) {
    context.out().println(here(id).path());
  }

  @Command(name = "inspect", description = "Print what a model file says: architecture, tokenizer, template, tensors.")
  void inspect(
      @Parameters(paramLabel = "FILE", description = "A GGUF file, a Hugging Face folder, or an id in the cache")
      String name) {
    ModelRef ref = ModelRef.parse(name);
    Path path = switch (ref) {
      case ModelRef.Local(Path local) -> local;
      case ModelRef.Id(String id) -> here(id).path();
      case ModelRef.Hub hub -> throw new CliException("pull it first: ebb model pull " + hub);
    };
    try (ModelFile model = Models.open(path)) {
      Inspection.print(model, context.out());
    } catch (ModelFormatException e) {
      throw new CliException(e.getMessage(), e);
    }
  }

  private CachedModel here(String id) {
    return context.cache().find(ModelRef.needId(id))
        .orElseThrow(() -> new CliException("no model '" + id + "' in the cache; see ebb model list"));
  }

  /** What is a model, though one that this version does not support, may be kept: a later version may run it. */
  private static void needModel(Path path) {
    try (ModelFile file = Models.open(path)) {
      // It opens, and that is all that was asked.
    } catch (ModelFormatException e) {
      // Every message about a whole file that asks for too much says so in these words.
      if (!e.getMessage().contains(" not supported")) {
        throw new CliException(e.getMessage() + "; nothing was put into the cache", e);
      }
    }
  }

  /** A pull keeps what it fetched even when this version cannot run it; a later version may. */
  private void warnIfUnreadable(CachedModel model) {
    try (ModelFile file = Models.open(model.path())) {
      file.config();
    } catch (ModelFormatException e) {
      context.err().println("warning: this version of Ebb cannot run it: " + e.getMessage());
    }
  }
}
