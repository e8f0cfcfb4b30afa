package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.List;
import java.util.stream.Stream;

/** One account a component. Only routers, which watch pods, get a token. */
final class ServiceAccounts {
  static final String ROUTER = "ebb-router";
  static final String FUNCTION = "ebb-function";
  static final String JOB = "ebb-job";

  private ServiceAccounts() {}

  static List<Manifest> of(EbbYaml yaml) {
    boolean jobs = !PullJobs.of(yaml).isEmpty() || !JobSinks.of(yaml).isEmpty();
    return Stream.of(ROUTER, FUNCTION, JOB)
        .filter(name -> jobs || !name.equals(JOB))
        .map(name -> account(yaml, name, name.equals(ROUTER)))
        .toList();
  }

  private static Manifest account(EbbYaml yaml, String name, boolean token) {
    List<Fields> secrets = yaml.images().pullSecret().stream().map(secret -> Fields.of("name", secret)).toList();
    return Manifest.of(yaml, Kind.SERVICE_ACCOUNT, name, Labels.metadata(yaml),
        Fields.of("automountServiceAccountToken", token).andAny("imagePullSecrets", secrets));
  }
}
