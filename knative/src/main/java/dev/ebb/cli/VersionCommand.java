package dev.ebb.cli;

import picocli.CommandLine.Command;

/** {@code ebb version}. */
@Command(name = "version", description = "Print the version of this command and of its Java.")
final class VersionCommand implements Runnable {
  private final Context context;

  VersionCommand(Context context) {
    this.context = context;
  }

  @Override
  public void run() {
    context.out().println("ebb " + Version.text());
    context.out().println("java " + Runtime.version());
  }
}
