package dev.ebb.cli;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sun.misc.Signal;

/** {@code ebb chat}: a conversation at the terminal, or over a pipe with one turn a line. */
@Command(name = "chat", description = "Talk with a model; starts a router for the session if none runs.")
final class ChatCommand implements Callable<Integer> {
  private final Context context;

  @Mixin ServeOptions serve;
  @Mixin AskOptions ask;

  @Option(names = "--url", paramLabel = "URL", description = "Address of a running router")
  String url;

  ChatCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    try (Serving serving = Serving.open(context, serve, url)) {
      Conversation conversation = new Conversation(serving.client(), serving.model(), ask, context.terminal());
      if (context.terminal().in()) {
        Signal.handle(new Signal("INT"), signal -> conversation.interrupt());
      }
      conversation.run(new BufferedReader(new InputStreamReader(context.in(), StandardCharsets.UTF_8)));
      return 0;
    }
  }
}
