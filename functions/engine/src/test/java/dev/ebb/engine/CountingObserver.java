package dev.ebb.engine;

import java.util.ArrayList;
import java.util.List;

/** Adds up what an engine reports. */
final class CountingObserver implements EngineObserver {
  int preemptions;
  int promptTokens;
  int localHits;
  int externalHits;
  int queried;
  int externalQueried;
  int firstTokens;
  int interTokens;
  int recomputedHandOffs;
  int handOffs;
  long bytesHandedOver;
  long bytesCopiedForHandOffs;
  long bytesCopied;
  final List<RequestStats> finished = new ArrayList<>();

  @Override
  public void stepCompleted(int tokens, int promptTokens, int preempted) {
    preemptions += preempted;
    this.promptTokens += promptTokens;
  }

  @Override
  public void prefixLooked(int asked, int local, int askedExternally, int external) {
    queried += asked;
    localHits += local;
    externalQueried += askedExternally;
    externalHits += external;
  }

  @Override
  public void handedOver(long bytes, long copied, double seconds) {
    handOffs++;
    bytesHandedOver += bytes;
    bytesCopiedForHandOffs += copied;
  }

  @Override
  public void kvCopied(long bytes) {
    bytesCopied += bytes;
  }

  @Override
  public void handOffRecomputed(int promptTokens) {
    recomputedHandOffs++;
  }

  @Override
  public void firstToken(double seconds) {
    firstTokens++;
  }

  @Override
  public void interToken(double seconds) {
    interTokens++;
  }

  @Override
  public void requestFinished(RequestStats stats) {
    finished.add(stats);
  }
}
