package dev.ebb.router.app.openai;

/** The two ways to ask for an answer. */
public enum Api {
  CHAT("chatcmpl-", "chat.completion"),
  COMPLETION("cmpl-", "text_completion");

  private final String idPrefix;
  private final String object;

  Api(String idPrefix, String object) {
    this.idPrefix = idPrefix;
    this.object = object;
  }

  /** How the ids of its answers begin. */
  public String idPrefix() {
    return idPrefix;
  }

  /** The {@code object} field of an answer. */
  public String object() {
    return object;
  }

  /** The {@code object} field of a piece of a stream. */
  public String chunkObject() {
    return this == CHAT ? object + ".chunk" : object;
  }

  /** Where the router takes it. */
  public String path() {
    return this == CHAT ? "/v1/chat/completions" : "/v1/completions";
  }

  /** Name used as metric label. */
  public String label() {
    return this == CHAT ? "chat" : "completion";
  }
}
