package dev.ebb.cli;

import dev.ebb.cli.term.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** One command line, run inside the test; its status and what it printed. */
record CommandRun(int status, String out, String err) {

  static CommandRun of(Map<String, String> env, String... arguments) {
    return of(env, "", false, arguments);
  }

  static CommandRun of(Map<String, String> env, String input, boolean terminal, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal streams = new Terminal(terminal, terminal, terminal, 80,
        new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    int status = Ebb.run(new Context(env, streams, in), arguments);
    return new CommandRun(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
