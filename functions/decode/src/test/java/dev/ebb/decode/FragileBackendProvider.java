package dev.ebb.decode;

import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.backend.BackendProvider;
import dev.ebb.engine.backend.BatchDescriptor;
import dev.ebb.engine.backend.BatchLimits;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.model.ModelFile;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;

/** The reference backend until a token {@value #FATAL} takes its device away, or one {@value #ENDLESS} holds it up. */
public final class FragileBackendProvider implements BackendProvider {
  static final String NAME = "fragile";
  static final int FATAL = 7;
  static final int ENDLESS = 8;
  /** Opened, lets go on what has come to the token {@value #ENDLESS}. */
  static final CountDownLatch END = new CountDownLatch(1);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Availability availability() {
    return new Availability(true, "breaks when it is told to");
  }

  @Override
  public List<KvLayout.Type> kvTypes() {
    return reference().kvTypes();
  }

  @Override
  public Backend open(int threads, KvLayout.Type kvType) {
    return new Fragile(reference().open(threads, kvType));
  }

  private static BackendProvider reference() {
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals("reference"))
        .findFirst()
        .orElseThrow();
  }

  private record Fragile(Backend sound) implements Backend {
    @Override
    public String name() {
      return NAME;
    }

    @Override
    public String device() {
      return sound.device();
    }

    @Override
    public KvLayout.Type kvType() {
      return sound.kvType();
    }

    @Override
    public void load(ModelFile model, KvLayout layout) {
      sound.load(model, layout);
    }

    @Override
    public void attach(MemorySegment blockMemory, int blocks, BatchLimits limits) {
      sound.attach(blockMemory, blocks, limits);
    }

    @Override
    public void forward(BatchDescriptor batch) {
      for (int i = 0; i < batch.layout().tokens(); i++) {
        if (batch.tokenId(i) == FATAL) {
          throw new BackendException(BackendException.Reason.DEVICE_LOST, "the device is gone");
        }
        if (batch.tokenId(i) == ENDLESS) {
          await();
        }
      }
      sound.forward(batch);
    }

    private static void await() {
      try {
        END.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void copyBlocks(int[] source, int[] target) {
      sound.copyBlocks(source, target);
    }

    @Override
    public void close() {
      sound.close();
    }
  }
}
