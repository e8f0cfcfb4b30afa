package dev.ebb.router.template;

/**
 * A chat template that cannot be parsed or rendered: its own mistake, one that it raised about the
 * messages, or a limit that it ran into. The message is fit for the caller of the API.
 */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean raised;

  TemplateException(String message) {
    this(message, false);
  }

  TemplateException(String message, boolean raised) {
    super(message);
    this.raised = raised;
  }

  /** Whether the template itself raised it about the messages ({@code raise_exception}). */
  public boolean raisedByTemplate() {
    return raised;
  }

  /** The same with the template's line before the message, unless the template raised it. */
  TemplateException at(int line) {
    if (raised || getMessage().startsWith("chat template line ")) {
      return this;
    }
    TemplateException located = new TemplateException("chat template line " + line + ": " + getMessage());
    located.setStackTrace(getStackTrace());
    return located;
  }
}
