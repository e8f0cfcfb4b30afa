package dev.ebb.cli;

import dev.ebb.cli.model.ModelCache;
import dev.ebb.cli.model.Puller;
import dev.ebb.cli.term.ProgressBar;
import dev.ebb.cli.term.Terminal;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * The world as the subcommands see it; tests give them another.
 *
 * @param env environment variables
 * @param in standard input
 */
public record Context(Map<String, String> env, Terminal terminal, InputStream in) {
  private static final int PORT_DEFAULT = 8080;

  EbbHome home() {
    return EbbHome.of(env);
  }

  ModelCache cache() {
    return new ModelCache(home().models());
  }

  Puller puller() {
    return new Puller(cache(), env, ProgressBar.on(terminal), terminal.stderr()::println);
  }

  PrintStream out() {
    return terminal.stdout();
  }

  PrintStream err() {
    return terminal.stderr();
  }

  /** The distribution folder, which the launcher names. */
  Path dist() {
    String dist = env.getOrDefault("EBB_DIST", "");
    if (dist.isEmpty()) {
      throw new CliException("EBB_DIST is not set; start this command as dist/bin/ebb");
    }
    return Path.of(dist);
  }

  /** The port of an option, else of {@code EBB_PORT}, else 8080. */
  int port(Integer option) {
    if (option != null) {
      return checked(option.toString());
    }
    return checked(env.getOrDefault("EBB_PORT", Integer.toString(PORT_DEFAULT)));
  }

  private static int checked(String text) {
    try {
      int port = Integer.parseInt(text.strip());
      if (port > 0 && port < 65536) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Falls through to the one message for every wrong port.
    }
    throw new CliException("'" + text + "' is no port; give a number from 1 to 65535 with --port or EBB_PORT");
  }
}
