package dev.ebb.cli;

import dev.ebb.cli.server.RouterProcess;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;

/** Turns Ctrl-C and SIGTERM into an orderly stop of the router, and a second one into an immediate one. */
final class StopSignals {
  private StopSignals() {}

  static void on(RouterProcess router, PrintStream err) {
    AtomicInteger count = new AtomicInteger();
    for (String name : new String[] {"INT", "TERM", "HUP"}) {
      Signal.handle(new Signal(name), signal -> {
        if (count.incrementAndGet() > 1) {
          router.kill();
          return;
        }
        err.println("stopping");
        Thread.ofPlatform().name("stop").start(router::stop);
      });
    }
  }
}
