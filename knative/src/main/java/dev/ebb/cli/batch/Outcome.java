package dev.ebb.cli.batch;

/** How a job ended, and so what Kubernetes is to do. */
public enum Outcome {
  /** Answered, and the answer is where it belongs. */
  ANSWERED(0),
  /** Not answered, and a later attempt may be. */
  FAILED(1),
  /** The event cannot be answered; its failure was told. Rendered jobs are not tried again after this status. */
  REFUSED(3);

  private final int status;

  Outcome(int status) {
    this.status = status;
  }

  /** The exit status; 2 is wrong usage, as everywhere in the command. */
  public int status() {
    return status;
  }
}
