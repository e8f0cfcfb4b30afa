package dev.ebb.knative.deploy;

/** What became of an object that was applied. */
enum Applied {
  CREATED("created"), CHANGED("changed"), UNCHANGED("unchanged"),
  /** A Job that was taken away and made again. */
  RUN_ANEW("run anew");

  private final String words;

  Applied(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
