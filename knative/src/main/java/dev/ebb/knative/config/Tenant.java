package dev.ebb.knative.config;

import java.util.Optional;

/**
 * Somebody who may call.
 *
 * @param queue queue that admits the tenant's batch jobs
 */
public record Tenant(String name, SecretEntry key, Optional<String> queue) {

  /** An entry of a Secret in the same namespace. */
  public record SecretEntry(String secret, String entry) {}
}
