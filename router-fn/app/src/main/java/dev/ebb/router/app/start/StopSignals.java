package dev.ebb.router.app.start;

import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.app.http.InFlight;
import dev.ebb.router.app.scaler.ScalerLife;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import sun.misc.Signal;

/**
 * A stop signal ends the process once no request is under way, at the latest after the settings' time; a second one
 * ends it at once. Where others pass requests on, they are given time to learn of it before the first is refused. Then
 * KEDA is sent away, since demand that it should hear of first is raised elsewhere from then on.
 */
@ApplicationScoped
public class StopSignals {
  private static final Logger LOG = Logger.getLogger(StopSignals.class);
  private static final int SIGNAL_CODE_BASE = 128;

  private final InFlight inFlight;
  private final ScalerLife scaler;
  private final RouterSettings settings;
  private final AtomicBoolean stopping = new AtomicBoolean();

  StopSignals(InFlight inFlight, ScalerLife scaler, RouterSettings settings) {
    this.inFlight = inFlight;
    this.scaler = scaler;
    this.settings = settings;
  }

  void start(@Observes StartupEvent event) {
    // In a test or in dev mode the process is not ours.
    if (LaunchMode.current() == LaunchMode.NORMAL) {
      Signal.handle(new Signal("TERM"), this::stop);
      Signal.handle(new Signal("INT"), this::stop);
    }
  }

  private void stop(Signal signal) {
    if (!stopping.compareAndSet(false, true)) {
      // Whoever asks twice does not want to wait; functions notice the end of their parent.
      Runtime.getRuntime().halt(SIGNAL_CODE_BASE + signal.getNumber());
    }
    Thread.ofPlatform().name("router-drain").start(() -> {
      try {
        drain();
      } finally {
        Quarkus.asyncExit(0);
      }
    });
  }

  /** Returns once no request is under way, or their time is over. */
  void drain() {
    try {
      inFlight.leave();
      Thread.sleep(settings.leaveMs());
      // Not before: until others have learnt of it, KEDA would come back here and find nobody.
      scaler.leave();
      int left = inFlight.drain(settings.drainMs());
      if (left > 0) {
        LOG.warnf("%d requests were cut off after %d ms", left, settings.drainMs());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
