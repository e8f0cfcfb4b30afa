package dev.ebb.events;

/** The error object of the OpenAI protocol, used for every HTTP error: {@code {"error": {...}}}. */
public record ErrorBody(Detail error) {

  /**
   * @param message a sentence that says what to do
   * @param type such as {@code invalid_request_error}
   * @param param the parameter at fault, or null
   * @param code machine-readable reason, or null
   */
  public record Detail(String message, String type, String param, String code) {}

  public static ErrorBody of(String message, String type, String param, String code) {
    return new ErrorBody(new Detail(message, type, param, code));
  }

  /** A caller's mistake. */
  public static ErrorBody invalid(String message, String param, String code) {
    return of(message, "invalid_request_error", param, code);
  }
}
