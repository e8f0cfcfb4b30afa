package dev.ebb.cli;

import dev.ebb.cli.client.Answer;
import dev.ebb.cli.client.ChatRequest;
import dev.ebb.cli.client.RouterClient;
import dev.ebb.cli.term.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns of a chat, with their history. At a terminal it prompts and an error ends the turn alone; over a pipe it prints
 * answers and nothing else, and an error ends it all.
 */
final class Conversation {
  private static final String PROMPT = ">>> ";
  private static final String BLOCK_PROMPT = "... ";
  private static final String BLOCK = "\"\"\"";
  private static final String HELP = """
      /clear   forget what was said
      /exit    leave (so does Ctrl-D)
      /help    this list
      \"""      begin and end a message of several lines
      Ctrl-C   stop the answer
      """;

  private final RouterClient client;
  private final String model;
  private final AskOptions ask;
  private final boolean interactive;
  private final PrintStream out;
  private final PrintStream err;
  private final List<ChatRequest.Message> history = new ArrayList<>();
  private volatile Answer answering;

  Conversation(RouterClient client, String model, AskOptions ask, Terminal terminal) {
    this.client = client;
    this.model = model;
    this.ask = ask;
    interactive = terminal.in();
    out = terminal.stdout();
    err = terminal.stderr();
    history.addAll(ask.opening());
  }

  /** Reads turns until the end of the input or {@code /exit}. */
  void run(BufferedReader in) throws IOException, InterruptedException {
    tell(model + " is ready; /help lists the commands");
    for (String line = read(in, PROMPT); line != null; line = read(in, PROMPT)) {
      if (!line.isBlank() && !command(line.strip(), in)) {
        return;
      }
    }
    tell("");
  }

  /** Ctrl-C: ends the answer, not the conversation. */
  void interrupt() {
    Answer answer = answering;
    if (answer != null) {
      answer.cancel();
    } else {
      err.print("\n(/exit or Ctrl-D leaves)\n" + PROMPT);
      err.flush();
    }
  }

  /** Does what a line says; false when it is to leave. */
  private boolean command(String line, BufferedReader in) throws IOException, InterruptedException {
    switch (line) {
      case "/exit", "/quit", "/bye" -> {
        return false;
      }
      case "/clear" -> {
        history.clear();
        history.addAll(ask.opening());
        tell("forgotten");
      }
      case "/help", "/?" -> err.print(HELP);
      default -> turn(line, in);
    }
    return true;
  }

  private void turn(String line, BufferedReader in) throws IOException, InterruptedException {
    if (interactive && line.matches("/[a-z]+")) {
      err.println("no command " + line + "; /help lists them");
      return;
    }
    history.add(new ChatRequest.Message("user", line.startsWith(BLOCK) ? block(line, in) : line));
    try {
      answer();
    } catch (CliException | IOException e) {
      history.removeLast();
      if (!interactive) {
        throw e;
      }
      err.println("error: " + e.getMessage());
    }
  }

  private void answer() throws IOException, InterruptedException {
    AnswerText shown = new AnswerText(out);
    try (Answer answer = client.stream(ask.request(model, List.copyOf(history)))) {
      answering = answer;
      String text = answer.read(shown);
      out.println(answer.isCancelled() ? " [stopped]" : "");
      history.add(new ChatRequest.Message("assistant", text));
    } catch (CliException | IOException e) {
      shown.endLine();
      throw e;
    } finally {
      answering = null;
    }
  }

  private String block(String first, BufferedReader in) throws IOException {
    StringBuilder text = new StringBuilder(first.substring(BLOCK.length()));
    while (!text.toString().stripTrailing().endsWith(BLOCK)) {
      String line = read(in, BLOCK_PROMPT);
      if (line == null) {
        return text.toString();
      }
      text.append('\n').append(line);
    }
    String whole = text.toString().stripTrailing();
    return whole.substring(0, whole.length() - BLOCK.length()).strip();
  }

  private String read(BufferedReader in, String prompt) throws IOException {
    if (interactive) {
      err.print(prompt);
      err.flush();
    }
    return in.readLine();
  }

  private void tell(String text) {
    if (interactive) {
      err.println(text);
    }
  }
}
