package dev.ebb.knative.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A model and its phases.
 *
 * @param id name in the API
 * @param kvType {@code f32}, {@code f16} or {@code i8}; empty for what the backend usually takes
 * @param cudaGraphs whether decode of the backend cuda replays CUDA graphs
 * @param degradeTo id of the model that answers while this one waits for quota, for {@link WhenWaiting#DEGRADE}
 * @param runtimeClass of the functions' pods; empty for the node's usual runtime
 * @param prefill empty where decode computes prompts itself
 */
public record ModelSpec(String id, Source source, String backend, int kvTokens, Optional<String> kvType,
    boolean cudaGraphs, int prefillThresholdTokens, Optional<String> queue, Optional<String> priority,
    WhenWaiting whenWaiting, Optional<String> degradeTo, Map<String, String> nodeSelector,
    List<Toleration> tolerations, Optional<String> runtimeClass, Optional<PhaseSpec> prefill, PhaseSpec decode) {

  /** What happens to requests while decode waits for quota. */
  public enum WhenWaiting {
    WAIT,
    DEGRADE,
    REFUSE;

    /** As the file and the router's settings have it. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Where the model's file or folder comes from. */
  public sealed interface Source {}

  /** A file or folder in a PersistentVolumeClaim that exists. */
  public record Claim(String name, String path) implements Source {}

  /** A file or folder in a folder of the node. */
  public record HostFolder(String folder, String path) implements Source {}

  /** A file or folder in an OCI image that is mounted as a volume. */
  public record ImageVolume(String image, String path) implements Source {}

  /** A model on a hub, pulled into a claim of its own. */
  public record Hub(String reference, Quantity size, Optional<String> storageClass,
      Optional<Tenant.SecretEntry> token) implements Source {}

  /** The id as part of Kubernetes names. */
  public String slug() {
    return id.replaceAll("[._]", "-");
  }

  /** Name of the claim for a hub's model. */
  public String claimName() {
    return slug() + "-model";
  }

  /** Name of the Job that pulls it. */
  public String pullName() {
    return slug() + "-pull";
  }
}
