package dev.ebb.events;

/** CloudEvents {@code type} attributes. */
public final class EventTypes {
  private EventTypes() {}

  /**
   * A caller asks the router for an answer; data is an OpenAI request body: chat with {@code messages},
   * else completion.
   */
  public static final String GENERATE_REQUESTED = "dev.ebb.generate.requested";

  /** The router's answer; data is the OpenAI response body. */
  public static final String GENERATE_COMPLETED = "dev.ebb.generate.completed";

  /** Router to prefill; data is {@link Work}. */
  public static final String PREFILL_REQUESTED = "dev.ebb.prefill.requested";

  /** Prefill to router; data is {@link PrefillCompleted}; {@code dataref} names the arena blocks. */
  public static final String PREFILL_COMPLETED = "dev.ebb.prefill.completed";

  /** Router to decode; data is {@link Work}. With {@code Accept: text/event-stream} it streams. */
  public static final String DECODE_REQUESTED = "dev.ebb.decode.requested";

  /** Decode to a non-streaming caller; data is {@link DecodeCompleted}. */
  public static final String DECODE_COMPLETED = "dev.ebb.decode.completed";

  /** Extension attribute of the claim check (CloudEvents Dataref extension). */
  public static final String DATAREF = "dataref";

  /**
   * Header of every answer that a function itself gives: its instance's own name, the pod's on a cluster. By it a
   * router tells an answer of a function from one of a proxy on the way.
   */
  public static final String FUNCTION_HEADER = "x-ebb-function";

  /**
   * Header of a request to a router, of any value: answer the event, also if it was answered before. For callers that
   * keep duplicates away themselves, and may have lost an answer on its way.
   */
  public static final String AGAIN_HEADER = "x-ebb-again";
}
