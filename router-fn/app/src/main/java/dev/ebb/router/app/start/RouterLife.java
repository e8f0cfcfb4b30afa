package dev.ebb.router.app.start;

import dev.ebb.router.app.model.ModelCatalog;
import dev.ebb.router.app.model.PromptEncoder;
import dev.ebb.router.app.model.ServedModel;
import dev.ebb.router.app.platform.Platform;
import dev.ebb.router.request.Prompt;
import dev.ebb.router.request.Refusal;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/** Begins what must begin with the process, and ends its functions with it. */
@ApplicationScoped
public class RouterLife {
  private static final Logger LOG = Logger.getLogger(RouterLife.class);
  private static final int MODEL_UNUSABLE = 22;

  private final ModelCatalog catalog;
  private final Platform platform;
  private final PromptEncoder encoder;
  private ParentWatch parent;

  RouterLife(ModelCatalog catalog, Platform platform, PromptEncoder encoder) {
    this.catalog = catalog;
    this.platform = platform;
    this.encoder = encoder;
  }

  void start(@Observes StartupEvent event) {
    catalog.loaded().whenComplete((model, failure) -> {
      if (failure == null) {
        LOG.infof("model %s: %d tokens of context, vocabulary of %d", model.id(), model.maxModelLen(),
            model.tokenizer().vocabularySize());
        Thread.ofPlatform().daemon().name("warm-up").priority(Thread.MIN_PRIORITY).start(() -> warmUp(model));
      } else {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        LOG.errorf("cannot start (model): %s", cause.getMessage());
        end(MODEL_UNUSABLE);
      }
    });
    Optional<Long> pid = ConfigProvider.getConfig().getOptionalValue("ebb.parent.pid", Long.class);
    if (LaunchMode.current() == LaunchMode.NORMAL && pid.isPresent()) {
      parent = ParentWatch.begin(pid.get(), () -> {
        LOG.warnf("process %d, which started the router, is gone; stopping", pid.get());
        end(0);
      });
    }
  }

  /** The first request need not load the template engine. Readiness does not wait for this. */
  private void warmUp(ServedModel model) {
    if (model.templateSource().isEmpty()) {
      return;
    }
    List<Map<String, Object>> messages = List.of(Map.of("role", "user", "content", "hi"));
    try {
      encoder.encode(model, new Prompt.Chat(messages, true, false, Map.of()), false);
    } catch (Refusal e) {
      LOG.warnf("the model's chat template fails on a plain message: %s", e.getMessage());
    }
  }

  void stop(@Observes ShutdownEvent event) {
    if (parent != null) {
      parent.close();
    }
    platform.close();
  }

  private static void end(int code) {
    if (LaunchMode.current() == LaunchMode.NORMAL) {
      Quarkus.asyncExit(code);
    }
  }
}
