package dev.ebb.cli;

import dev.ebb.cli.batch.BatchJob;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code ebb batch}, what the image of a JobSink's jobs runs. Exit status: {@link dev.ebb.cli.batch.Outcome}. */
@Command(name = "batch", description = "Have the event at K_EVENT_PATH answered, as a JobSink's job. The routers are in"
    + " EBB_ROUTERS (MODEL=URL ...); the reply goes to EBB_BATCH_SINK, else to standard output. Exit status 0:"
    + " answered, 1: try again, 3: refused for good.")
final class BatchCommand implements Callable<Integer> {
  private final Context context;

  BatchCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    return new BatchJob(context.env(), context.out(), context.err()).run().status();
  }
}
