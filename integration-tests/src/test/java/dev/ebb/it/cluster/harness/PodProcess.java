package dev.ebb.it.cluster.harness;

import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Metrics;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A function in its pod: its address, and its process as the node's kernel has it. Its image has no shell to ask. */
public final class PodProcess {
  private static final int PORT = 8080;
  private static final String RUNTIME = "containerd://";

  private final Pod pod;
  private final Path proc;

  /**
   * A mapping of memory.
   *
   * @param permissions as {@code rw-s}; {@code s} is shared with all who map the file
   * @param file device and inode, the same for two processes only where it is the same file
   */
  public record Mapping(String permissions, String file, String path) {}

  /**
   * The function in a pod that runs.
   *
   * @param container its container's name, which is the phase
   */
  public PodProcess(Pod pod, String container) {
    this.pod = pod;
    String id = pod.getStatus().getContainerStatuses().stream().filter(one -> one.getName().equals(container))
        .map(ContainerStatus::getContainerID).findFirst().orElseThrow().substring(RUNTIME.length());
    proc = processes().stream().filter(one -> read(one.resolve("cgroup")).contains(id)).findFirst()
        .orElseThrow(() -> new AssertionError("no process of container " + id));
  }

  public String podName() {
    return pod.getMetadata().getName();
  }

  /** Past every proxy. */
  public Api api() {
    return new Api("http://" + pod.getStatus().getPodIP() + ":" + PORT);
  }

  /** Its own series. */
  public Metrics metrics() {
    return Metrics.of(api());
  }

  /** The kind of file system that the process sees at a path. */
  public String fileSystem(String mountPoint) {
    return read(proc.resolve("mounts")).lines().map(line -> line.split(" "))
        .filter(words -> words[1].equals(mountPoint)).map(words -> words[2]).findFirst()
        .orElseThrow(() -> new AssertionError("nothing is mounted at " + mountPoint));
  }

  /** What it has mapped of files under a path. */
  public List<Mapping> mappings(String folder) {
    return read(proc.resolve("maps")).lines().map(line -> line.split(" +", 6))
        .filter(words -> words.length == 6 && words[5].startsWith(folder))
        .map(words -> new Mapping(words[1], words[3] + " " + words[4], words[5])).distinct().toList();
  }

  private static List<Path> processes() {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.filter(one -> one.getFileName().toString().matches("[0-9]+")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Empty where the process is gone. */
  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
