package dev.ebb.engine.kv;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ebb.engine.kv.ArenaException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The open file of an arena, once per process: its channel, its mapping and its locks.
 *
 * <p>The locks are POSIX record locks on bytes far beyond the end of the file. The kernel releases
 * them when their process dies, whatever killed it. It also releases all of them when the process
 * closes <em>any</em> descriptor of the file, so nothing else in the process may open it; attaching
 * twice shares this object instead.
 */
final class ArenaFile {
  private static final long INDEX_LOCK_BYTE = 1L << 61;
  private static final Map<Path, ArenaFile> OPEN = new HashMap<>();

  private final Path path;
  private final FileChannel channel;
  private final ReentrantLock threads = new ReentrantLock();
  private final java.lang.foreign.Arena mapping = java.lang.foreign.Arena.ofShared();
  private MemorySegment memory;
  private FileLock indexLock;
  private int users;

  private ArenaFile(Path path) throws IOException {
    this.path = path;
    this.channel = FileChannel.open(path,
        // Not through a link, behind which there may be somebody's file.
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** The process's one open file of this path; {@link #release()} gives it back. */
  static ArenaFile acquire(Path path) {
    synchronized (OPEN) {
      try {
        Files.createDirectories(path.toAbsolutePath().getParent());
        Path key = path.toAbsolutePath().getParent().toRealPath().resolve(path.getFileName());
        ArenaFile file = OPEN.get(key);
        if (file == null) {
          file = new ArenaFile(key);
          OPEN.put(key, file);
        }
        file.users++;
        return file;
      } catch (IOException e) {
        throw new ArenaException(Reason.INPUT_OUTPUT, "cannot open the KV arena " + path + ": " + e
            + ". Set EBB_ARENA_DIR to a folder that this user may write", e);
      }
    }
  }

  void release() {
    synchronized (OPEN) {
      users--;
      if (users > 0) {
        return;
      }
      OPEN.remove(path);
      mapping.close();
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException("closing " + path, e);
      }
    }
  }

  /** Takes the index lock, waiting for other threads and processes. Not reentrant. */
  void lockIndex() {
    threads.lock();
    // An interrupt during a blocking lock would close the channel and with it drop every lock.
    boolean interrupted = Thread.interrupted();
    try {
      indexLock = channel.tryLock(INDEX_LOCK_BYTE, 1, false);
      if (indexLock == null) {
        indexLock = channel.lock(INDEX_LOCK_BYTE, 1, false);
      }
    } catch (IOException e) {
      threads.unlock();
      throw new UncheckedIOException("locking the KV arena " + path, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  void unlockIndex() {
    try {
      indexLock.release();
    } catch (IOException e) {
      throw new UncheckedIOException("unlocking the KV arena " + path, e);
    } finally {
      threads.unlock();
    }
  }

  /** Marks the index as being changed; a successor that finds the mark repairs it. */
  boolean beginChange() {
    boolean unfinished = memory.get(JAVA_INT, ArenaFormat.AT_CHANGING) != 0;
    memory.set(JAVA_INT, ArenaFormat.AT_CHANGING, 1);
    VarHandle.fullFence();
    return unfinished;
  }

  void endChange() {
    VarHandle.fullFence();
    memory.set(JAVA_INT, ArenaFormat.AT_CHANGING, 0);
  }

  /** Takes a slot's byte for the life of the process; null when its owner is alive. */
  FileLock tryLockSlot(int slot) {
    try {
      return channel.tryLock(INDEX_LOCK_BYTE + 1 + slot, 1, false);
    } catch (OverlappingFileLockException held) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException("probing a slot of the KV arena " + path, e);
    }
  }

  /** Whether a living process, this one included, holds the slot. */
  boolean slotAlive(int slot) {
    try (FileLock lock = tryLockSlot(slot)) {
      return lock == null;
    } catch (IOException e) {
      throw new UncheckedIOException("probing a slot of the KV arena " + path, e);
    }
  }

  /** Maps the file, which must have its full size by now; later calls give the same memory. */
  MemorySegment map(long bytes) throws IOException {
    if (memory == null) {
      memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, mapping);
    }
    return memory;
  }

  boolean mapped() {
    return memory != null;
  }

  FileChannel channel() {
    return channel;
  }

  Path path() {
    return path;
  }
}
