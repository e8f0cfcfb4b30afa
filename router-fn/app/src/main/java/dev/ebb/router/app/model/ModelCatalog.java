package dev.ebb.router.app.model;

import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.request.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The models by name. Loading begins with the application and goes on beside its start; a request that comes
 * earlier waits for it.
 */
@ApplicationScoped
public class ModelCatalog {
  private final RouterSettings settings;
  private final ModelLoader loader;
  private final CompletableFuture<ServedModel> loading = new CompletableFuture<>();

  ModelCatalog(RouterSettings settings, ModelLoader loader) {
    this.settings = settings;
    this.loader = loader;
    Thread.ofPlatform().daemon().name("model-metadata").start(this::load);
  }

  /** Names of all models, known before they are loaded. */
  public List<String> ids() {
    return List.of(settings.modelId());
  }

  /** Completes when the model is loaded, or fails with what is wrong with its file. */
  public CompletableFuture<ServedModel> loaded() {
    return loading.copy();
  }

  /**
   * The model of that name; waits while it is loading, so this is no call for an event loop.
   *
   * @param id as the caller wrote it; null for the one model there is
   * @throws Refusal when there is no such model, or its file cannot be used
   */
  public ServedModel get(String id) {
    if (id != null && !id.equals(settings.modelId())) {
      throw Refusal.of(Refusal.Kind.NOT_FOUND, "model", "model_not_found",
          "The model `" + id + "` does not exist; this server has `" + settings.modelId() + "`.");
    }
    try {
      return loading.get();
    } catch (ExecutionException e) {
      throw Refusal.later(Refusal.Kind.UNAVAILABLE, "model_unusable", e.getCause().getMessage(), 30_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a loaded model was read", e);
    }
  }

  private void load() {
    try {
      loading.complete(loader.load(settings));
    } catch (RuntimeException | Error e) {
      loading.completeExceptionally(e);
    }
  }
}
