package dev.ebb.knative.render;

/**
 * A kind of objects of the API server.
 *
 * @param apiVersion group and version, or the version alone for the core group
 * @param clusterWide whether its objects lie in no namespace
 */
public record ObjectKind(String apiVersion, String kind, boolean clusterWide) {

  /** Empty for the core group. */
  public String group() {
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  /** The version alone. */
  public String version() {
    return apiVersion.substring(apiVersion.indexOf('/') + 1);
  }
}
