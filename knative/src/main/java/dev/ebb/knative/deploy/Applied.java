package dev.ebb.knative.deploy;

/** What became of an object that was applied. */
enum Applied {
  CREATED, CHANGED, UNCHANGED;

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
