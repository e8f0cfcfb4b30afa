package dev.ebb.keda.loop;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;

/** The reconciler as a program: runs until SIGTERM, then finishes and gives its lease back. */
public final class Main {
  private static final System.Logger LOG = System.getLogger(Main.class.getName());
  private static final int EXIT_USAGE = 2;
  private static final int EXIT_FAILED = 1;

  private Main() {}

  /** Runs with {@link Options}; exits with 2 for flags that cannot stand, 1 where the cluster cannot be watched. */
  public static void main(String[] arguments) throws InterruptedException {
    Thread.setDefaultUncaughtExceptionHandler(Main::uncaught);
    try {
      run(Options.of(arguments, System.getenv()));
    } catch (IllegalArgumentException e) {
      exit(EXIT_USAGE, e);
    } catch (IllegalStateException | IOException e) {
      exit(EXIT_FAILED, e);
    }
  }

  /** Whether the whole process must end with this, since what its other threads still do is not known. */
  static boolean ends(Throwable failure) {
    return failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError);
  }

  private static void uncaught(Thread thread, Throwable failure) {
    if (ends(failure)) {
      // First of all, since a message needs memory. Without hooks: the lease runs out by itself.
      Runtime.getRuntime().halt(EXIT_FAILED);
    }
    LOG.log(System.Logger.Level.ERROR, thread.getName(), failure);
  }

  private static void run(Options options) throws InterruptedException, IOException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch finished = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> finish(asked, finished), "finish"));
    try (KubernetesClient client = new KubernetesClientBuilder().build();
        Controller controller = new Controller(client, options, Clock.systemUTC());
        Health health = options.healthPort() == 0 ? null : new Health(options.healthPort(), controller::healthy)) {
      controller.start();
      asked.await();
    } finally {
      finished.countDown();
    }
  }

  /** Lets {@link #run} end by itself. Being asked to stop is no failure, which the JVM's own code for a signal is. */
  private static void finish(CountDownLatch asked, CountDownLatch finished) {
    if (finished.getCount() == 0) {
      return;
    }
    asked.countDown();
    try {
      finished.await();
      Runtime.getRuntime().halt(0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void exit(int code, Exception why) {
    System.err.println("ebb-keda: " + why.getMessage());
    System.exit(code);
  }
}
