package dev.ebb.cli.model;

import dev.ebb.cli.CliException;
import dev.ebb.cli.term.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * Downloads one file of a hub. A broken connection, and a later run of the command, go on where the last stopped if the
 * file is still the same one by its validator; else it starts over. Retries only what a retry can mend.
 */
final class HubDownload {
  private static final int TRIES_WITHOUT_PROGRESS_MAX = 5;
  private static final long RETRY_AFTER_SECONDS_MAX = 30;
  private static final int BUFFER_BYTES = 1 << 18;

  private final Hub hub;
  private final HttpClient http;
  private final String repository;
  private final String name;
  private final Path part;
  private final PartState state;
  private boolean begun;
  private boolean absent;

  /**
   * A download of one file.
   *
   * @param folder where {@code name.part}, and what is known of it, are kept
   */
  HubDownload(Hub hub, HttpClient http, String repository, String name, Path folder) {
    this.hub = hub;
    this.http = http;
    this.repository = repository;
    this.name = name;
    String local = name.substring(name.lastIndexOf('/') + 1);
    part = folder.resolve(local + ".part");
    state = new PartState(folder.resolve(local + ".part.properties"));
  }

  /**
   * Downloads and checks.
   *
   * @return digest of the file, now at {@code target}
   */
  String to(Path target, Progress progress) throws IOException, InterruptedException {
    int tries = 0;
    try {
      while (true) {
        long before = size();
        Retry retry = attempt(progress);
        if (retry == null) {
          return finish(target);
        }
        tries = size() > before ? 1 : tries + 1;
        if (tries >= TRIES_WITHOUT_PROGRESS_MAX) {
          throw new CliException("cannot fetch " + address() + " (" + retry.why() + "); what came is kept, so"
              + " that pulling again goes on from there", retry.cause());
        }
        Thread.sleep(retry.delay(hub.retryDelay(), tries));
      }
    } finally {
      // A file that never began, perhaps because the hub lacks it, has no bar to end.
      if (begun) {
        progress.end();
      }
    }
  }

  /** As {@link #to}, but false when the hub does not have the file. */
  boolean toIfThere(Path target, Progress progress) throws IOException, InterruptedException {
    try {
      to(target, progress);
      return true;
    } catch (CliException e) {
      if (absent) {
        return false;
      }
      throw e;
    }
  }

  /** Why an attempt ended early, in a way that another may mend. */
  private record Retry(String why, long serverSeconds, IOException cause) {
    Duration delay(Duration first, int tries) {
      Duration own = first.multipliedBy(1L << (tries - 1));
      Duration asked = Duration.ofSeconds(Math.min(serverSeconds, RETRY_AFTER_SECONDS_MAX));
      return asked.compareTo(own) > 0 ? asked : own;
    }
  }

  /** One connection; null when the file is complete. */
  private Retry attempt(Progress progress) throws IOException, InterruptedException {
    long have = state.load() ? size() : 0;
    if (have > 0 && have == state.total()) {
      // An earlier run ended before or within the check; there are no further bytes to ask for.
      return null;
    }
    try (HubResponse answer = HubResponse.get(http, hub, hub.file(repository, name), have, state.etag())) {
      switch (answer.status()) {
        case 200, 206 -> {
          return receive(answer, progress);
        }
        case 416 -> {
          return startOver(have);
        }
        case 408, 425, 429, 500, 502, 503, 504 -> {
          return new Retry("the hub answered " + answer.status(), answer.retryAfterSeconds(), null);
        }
        default -> {
          absent = answer.status() == 404;
          throw refused(answer.status());
        }
      }
    } catch (IOException e) {
      makeRoom(e);
      return new Retry(why(e), 0, e);
    }
  }

  private String why(IOException failure) {
    String host = hub.endpoint().getAuthority();
    if (failure instanceof ConnectException) {
      Throwable cause = failure.getCause() == null ? null : failure.getCause().getCause();
      return cause instanceof UnresolvedAddressException
          ? "the host " + host + " is not known here"
          : "no connection to " + host;
    }
    String message = failure.getMessage();
    return failure.getClass().getSimpleName() + (message == null ? " from " + host : ": " + message);
  }

  private Retry receive(HubResponse answer, Progress progress) throws IOException {
    boolean goesOn = answer.status() == 206 && answer.from() == size()
        && (state.sha256().isEmpty() || answer.sha256().isEmpty() || state.sha256().equals(answer.sha256()));
    if (answer.status() == 206 && !goesOn) {
      return startOver(size());
    }
    if (!goesOn) {
      Files.deleteIfExists(part);
      state.save(answer.etag(), answer.sha256(), answer.total());
    }
    if (answer.total() > 0) {
      FreeSpace.check(part.getParent(), answer.total() - size());
    }
    begun = true;
    progress.begin(part.getFileName().toString().replaceFirst("\\.part$", ""), Math.max(0, answer.total()));
    progress.at(size());
    write(answer.body(), progress);
    boolean complete = state.total() < 0 || size() == state.total();
    return complete ? null : new Retry("the connection broke at byte " + size(), 0, null);
  }

  private void write(InputStream body, Progress progress) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long done = size();
    try (SilenceGuard guard = new SilenceGuard(body, hub.silenceMax());
        OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
        out.write(buffer, 0, count);
        done += count;
        progress.at(done);
        guard.heard();
      }
    }
  }

  /** A full disk is not left full by a half file that cannot become whole there. */
  private void makeRoom(IOException failure) throws IOException {
    try {
      FreeSpace.explain(failure, part.getParent(), Math.max(state.total(), size()));
    } catch (CliException full) {
      Files.deleteIfExists(part);
      state.forget();
      throw full;
    }
  }

  private Retry startOver(long have) throws IOException {
    Files.deleteIfExists(part);
    state.forget();
    return new Retry("the file changed at the hub after " + have + " bytes", 0, null);
  }

  private String finish(Path target) throws IOException {
    String actual = Digest.of(part);
    try {
      if (!state.sha256().isEmpty()) {
        Digest.check(part, state.sha256(), actual, address());
      }
      Files.move(part, target);
      return actual;
    } finally {
      // Not before: a process that is killed within the check must find what it needs to check again.
      state.forget();
    }
  }

  private CliException refused(int status) {
    return new CliException(switch (status) {
      case 401, 403 -> hub.token().isEmpty()
          ? address() + " is not open to everyone (" + status + "); set HF_TOKEN to a token that may read it"
          : address() + " refused the token in HF_TOKEN (" + status + "); ask for access on the model's page";
      case 404 -> address() + " does not exist (404); check organisation, repository and file name";
      default -> address() + " was refused with status " + status;
    });
  }

  private String address() {
    return hub.file(repository, name).toString();
  }

  private long size() throws IOException {
    return Files.exists(part) ? Files.size(part) : 0;
  }
}
