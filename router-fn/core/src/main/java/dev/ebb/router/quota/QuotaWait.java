package dev.ebb.router.quota;

/**
 * A function's place in the queue that gives quota.
 *
 * @param position 1 for the next to be admitted; 0 where it stands in no queue, as in a pause after an eviction
 * @param queue name of the queue that the function's pods name
 * @param clusterQueue name of the queue that it leads to; empty where it leads nowhere
 * @param lack what is short, such as "1 GPU short"; empty where nothing is
 * @param lasting whether waiting alone cannot help: the queue or the function has to be changed
 */
public record QuotaWait(int position, String queue, String clusterQueue, String lack, boolean lasting) {

  /** The sentence for a caller. It names the function's own queues and nobody else's work. */
  public String text() {
    StringBuilder text = new StringBuilder("waiting for quota");
    if (position > 0) {
      text.append(", position ").append(position);
    }
    text.append(" in ").append(queue);
    if (!clusterQueue.isEmpty()) {
      text.append(" (cluster queue ").append(clusterQueue).append(')');
    }
    if (!lack.isEmpty()) {
      text.append(", ").append(lack);
    }
    return lasting ? text.append("; the queue cannot give it, and waiting does not help").toString() : text.toString();
  }
}
