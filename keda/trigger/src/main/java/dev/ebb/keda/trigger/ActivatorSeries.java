package dev.ebb.keda.trigger;

/**
 * The series in which Knative's activator tells of requests that it holds for a revision at zero, so that callers that
 * go to the revision's URL directly are demand too. It falls to 0 once they reach a pod: good for waking, not for
 * stopping, so it is only ever one trigger beside another.
 */
public enum ActivatorSeries {
  /** Serving v0.42, seen there: a gauge of what waits and runs in the activator. */
  CONCURRENCY("sum(activator_request_concurrency{namespace_name=\"{namespace}\",revision_name=\"{revision}\"})"),
  /**
   * Serving v0.50 with {@code metrics-protocol: prometheus}: {@code kn.revision.request.queued}, an up-down counter of
   * the unit {@code {request}}, which its exporter turns into this name. Read in the sources of both, not yet seen.
   */
  QUEUED("sum(kn_revision_request_queued{k8s_namespace_name=\"{namespace}\",kn_revision_name=\"{revision}\"})"),
  /** Where nobody could tell which: the one that is there. */
  EITHER(CONCURRENCY.query + " or " + QUEUED.query);

  private final String query;

  ActivatorSeries(String query) {
    this.query = query;
  }

  /** PromQL with variables, for a {@link PrometheusTrigger} that ignores missing values: requests begin them. */
  public String query() {
    return query;
  }
}
