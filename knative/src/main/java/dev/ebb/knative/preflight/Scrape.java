package dev.ebb.knative.preflight;

import java.util.Set;
import java.util.TreeSet;

/** What the Prometheus of a file could be asked about the demand of its functions. */
sealed interface Scrape {

  /** No file was given, or nobody asked yet. */
  record NotAsked() implements Scrape {}

  /** Its URL names no Service of the cluster, so that it cannot be asked through the API server. */
  record Outside(String query) implements Scrape {}

  /** Its URL names a Service that is not there. */
  record NoService(ServiceAddress address) implements Scrape {}

  /**
   * It does not answer who shows no credentials, and the API server passes none on.
   *
   * @param status of HTTP: 401 or 403
   */
  record Locked(int status) implements Scrape {}

  /** It gave no answer that makes sense. */
  record Silent(ServiceAddress address, String why, String query) implements Scrape {}

  /**
   * It answered.
   *
   * @param wanted functions whose routers are there, as {@code model/phase}
   * @param seen functions of which it has the series
   */
  record Answered(Set<String> wanted, Set<String> seen) implements Scrape {

    /** In the order of their names. */
    Set<String> missing() {
      Set<String> missing = new TreeSet<>(wanted);
      missing.removeAll(seen);
      return missing;
    }
  }
}
