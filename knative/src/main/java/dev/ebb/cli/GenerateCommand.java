package dev.ebb.cli;

import dev.ebb.cli.client.Answer;
import dev.ebb.cli.client.ChatRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ebb generate}: one answer on standard output. */
@Command(name = "generate", description = "Answer one prompt; starts a router for it if none runs.")
final class GenerateCommand implements Callable<Integer> {
  private final Context context;

  @Mixin ServeOptions serve;
  @Mixin AskOptions ask;

  @Option(names = "--url", paramLabel = "URL", description = "Address of a running router")
  String url;

  @Option(names = "--json", description = "Print the whole answer as the router's JSON")
  boolean json;

  @Parameters(paramLabel = "PROMPT", arity = "1..*", description = "The prompt; - reads it from standard input")
  List<String> prompt;

  GenerateCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    String text = text();
    try (Serving serving = Serving.open(context, serve, url)) {
      List<ChatRequest.Message> messages = new ArrayList<>(ask.opening());
      messages.add(new ChatRequest.Message("user", text));
      ChatRequest request = ask.request(serving.model(), messages);
      if (json) {
        context.out().println(serving.client().complete(request).toPrettyString());
      } else {
        print(serving, request);
      }
      return 0;
    }
  }

  private void print(Serving serving, ChatRequest request) throws IOException, InterruptedException {
    PrintStream out = context.out();
    AnswerText text = new AnswerText(out);
    try (Answer answer = serving.client().stream(request)) {
      answer.read(text);
      out.println();
    } catch (CliException | IOException e) {
      text.endLine();
      throw e;
    }
  }

  private String text() throws IOException {
    String words = String.join(" ", prompt);
    String text = words.equals("-") ? new String(context.in().readAllBytes(), StandardCharsets.UTF_8).strip() : words;
    if (text.isBlank()) {
      throw new CliException("the prompt is empty; write it after generate, or pipe it to ebb generate -");
    }
    return text;
  }
}
