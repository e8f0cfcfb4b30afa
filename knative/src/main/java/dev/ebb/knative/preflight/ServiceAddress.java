package dev.ebb.knative.preflight;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A Service of the cluster, as a URL names it.
 *
 * @param path before that of any call; empty or begins with a slash
 */
record ServiceAddress(String scheme, String name, String namespace, int port, String path) {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /**
   * The Service that a URL names; empty where it names something else.
   *
   * @param asker namespace of who calls it, in which a name alone is looked up
   * @param namespaces all, since two words may as well be a host of the Internet
   */
  static Optional<ServiceAddress> of(String url, String asker, Set<String> namespaces) {
    URI uri = URI.create(url);
    List<String> words = List.of(uri.getHost() == null ? new String[] {""} : uri.getHost().split("\\."));
    boolean service = words.size() == 1 || words.size() == 2 && namespaces.contains(words.get(1))
        || words.size() > 2 && words.get(2).equals("svc");
    if (!service || words.getFirst().isEmpty()) {
      return Optional.empty();
    }
    int port = uri.getPort() > 0 ? uri.getPort() : uri.getScheme().equals("https") ? HTTPS : HTTP;
    String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceFirst("/+$", "");
    return Optional.of(new ServiceAddress(uri.getScheme(), words.getFirst(),
        words.size() == 1 ? asker : words.get(1), port, path));
  }

  /** Where the API server passes calls on to it. */
  String proxy() {
    return "/api/v1/namespaces/" + namespace + "/services/" + scheme + ":" + name + ":" + port + "/proxy" + path;
  }
}
