package dev.ebb.cli;

import dev.ebb.cli.server.RouterLaunch;
import dev.ebb.cli.server.RouterProcess;
import dev.ebb.cli.server.ThreeWays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code ebb up}: serves a model in the foreground until it is told to stop. */
@Command(name = "up", description = "Serve a model on this machine; fetches it first if it is missing.")
final class UpCommand implements Callable<Integer> {
  private final Context context;

  @Mixin ServeOptions options;

  UpCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    options.check(context);
    options.address.needFree(context);
    RouterLaunch spec = options.spec(context);
    RouterProcess router = RouterProcess.start(spec);
    try (router) {
      StopSignals.on(router, context.err());
      if (!router.awaitReady()) {
        return Ebb.INTERRUPTED;
      }
      context.out().println(ThreeWays.text(spec.url(), spec.modelId()));
      context.out().println("Log: " + router.log());
      if (!router.awaitEnd()) {
        throw new CliException("the router ended by itself (" + router.ending() + "):\n" + router.lastLines()
            + "\nall of it: " + router.log());
      }
      return 0;
    }
  }
}
