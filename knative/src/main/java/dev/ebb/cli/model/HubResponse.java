package dev.ebb.cli.model;

import dev.ebb.cli.CliException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer of a hub, its body still to be read. A hub redirects to a store of large files and tells size and digest on
 * the way, in headers that the store itself does not send.
 *
 * @param status of the last answer
 * @param sha256 digest of the whole file, empty when not told
 * @param etag validator for going on later, empty when not told
 * @param from first byte of the file that the body holds
 * @param total bytes of the whole file, -1 when not told
 * @param retryAfterSeconds what the server asks for, 0 when it does not
 */
record HubResponse(
    int status, String sha256, String etag, long from, long total, long retryAfterSeconds, InputStream body)
    implements AutoCloseable {

  private static final int REDIRECTS_MAX = 8;
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /**
   * Asks for a file.
   *
   * @param from first byte wanted; with 0 the whole file is asked for
   * @param etag the validator that came with the bytes before {@code from}
   */
  static HubResponse get(HttpClient http, Hub hub, URI address, long from, String etag)
      throws IOException, InterruptedException {
    URI at = address;
    String linked = "";
    for (int hop = 0; hop < REDIRECTS_MAX; hop++) {
      HttpResponse<InputStream> answer =
          http.send(request(hub, at, from, etag), HttpResponse.BodyHandlers.ofInputStream());
      HttpHeaders headers = answer.headers();
      linked = headers.firstValue("x-linked-etag").map(HubResponse::bare).orElse(linked);
      String location = headers.firstValue("location").orElse("");
      if (answer.statusCode() < 300 || answer.statusCode() >= 400 || location.isEmpty()) {
        return of(answer, linked);
      }
      answer.body().close();
      at = next(at, location);
    }
    throw new IOException(address + " redirects in a circle");
  }

  /** Asking again would bring the same answer, so what is wrong with it is told at once. */
  private static URI next(URI at, String location) {
    try {
      URI next = at.resolve(location);
      if (next.getHost() != null && String.valueOf(next.getScheme()).matches("(?i)https?")) {
        return next;
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the one message for every wrong address.
    }
    throw new CliException(at + " redirects to '" + location + "', which is no address of the web; check HF_ENDPOINT"
        + " and any proxy on the way");
  }

  @Override
  public void close() throws IOException {
    body.close();
  }

  private static HttpRequest request(Hub hub, URI at, long from, String etag) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at).timeout(hub.silenceMax()).header("User-Agent", "ebb").GET();
    if (hub.isOwn(at) && !hub.token().isEmpty()) {
      request.header("Authorization", "Bearer " + hub.token());
    }
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-").header("If-Range", etag);
    }
    return request.build();
  }

  private static HubResponse of(HttpResponse<InputStream> answer, String linked) {
    HttpHeaders headers = answer.headers();
    String etag = headers.firstValue("etag").orElse("");
    String digest = linked.isEmpty() ? bare(etag) : linked;
    long from = 0;
    long total = headers.firstValueAsLong("content-length").orElse(-1);
    Matcher range = CONTENT_RANGE.matcher(headers.firstValue("content-range").orElse(""));
    if (answer.statusCode() == 206 && range.matches()) {
      from = Long.parseLong(range.group(1));
      total = range.group(2).equals("*") ? -1 : Long.parseLong(range.group(2));
    }
    return new HubResponse(answer.statusCode(), SHA256.matcher(digest).matches() ? digest : "", etag, from, total,
        retryAfter(headers), answer.body());
  }

  private static long retryAfter(HttpHeaders headers) {
    String value = headers.firstValue("retry-after").orElse("");
    return value.matches("\\d{1,6}") ? Long.parseLong(value) : 0;
  }

  private static String bare(String etag) {
    return etag.replaceFirst("^W/", "").replace("\"", "");
  }
}
