package dev.ebb.knative.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Which cluster, and as whom.
 *
 * @param kubeconfig file, else those of {@code KUBECONFIG}, else {@code ~/.kube/config}; null when not given
 * @param context of it, else its current one; null when not given
 */
public record Connection(Path kubeconfig, String context) {
  private static final int CONNECT_MILLIS = 10_000;
  private static final int REQUEST_MILLIS = 30_000;
  // Kept, since a logger that nothing refers to forgets its level.
  private static final Logger CLIENT_LOG = Logger.getLogger("io.fabric8");

  /**
   * A client, to be closed.
   *
   * @throws ClusterException where there is no such file or context, or its key cannot be used
   */
  public KubernetesClient open(Map<String, String> env) {
    CLIENT_LOG.setLevel(env.containsKey("EBB_DEBUG") ? Level.INFO : Level.OFF);
    Config config = config(env);
    String pem = key(config);
    if (pem != null) {
      ClientKey clientKey = ClientKey.of(pem);
      config.setClientKeyAlgo(clientKey.algorithm());
      config.setClientKeyData(clientKey.data());
    }
    try {
      return new KubernetesClientBuilder().withConfig(config).build();
    } catch (KubernetesClientException | IllegalArgumentException e) {
      throw new ClusterException("the kubeconfig cannot be used: " + e.getMessage(), e);
    }
  }

  private Config config(Map<String, String> env) {
    Config config;
    try {
      config = base(env);
    } catch (KubernetesClientException | IllegalArgumentException e) {
      throw new ClusterException("the kubeconfig cannot be read: " + e.getMessage(), e);
    }
    if (context != null && (config.getCurrentContext() == null
        || !context.equals(config.getCurrentContext().getName()))) {
      throw new ClusterException("no context '" + context + "' in the kubeconfig;"
          + " kubectl config get-contexts lists them");
    }
    return new ConfigBuilder(config).withConnectionTimeout(CONNECT_MILLIS).withRequestTimeout(REQUEST_MILLIS)
        .withRequestRetryBackoffLimit(2).build();
  }

  private Config base(Map<String, String> env) {
    Path file = kubeconfig != null ? kubeconfig : single(env.getOrDefault("KUBECONFIG", ""));
    if (file == null) {
      return Config.autoConfigure(context);
    }
    if (!Files.isReadable(file)) {
      throw new ClusterException("no kubeconfig " + file + " that can be read;"
          + " name one with --kubeconfig or KUBECONFIG");
    }
    try {
      Config config = Config.fromKubeconfig(context, Files.readString(file), file.toString());
      // A text of anything else is read as one without clusters, and the client would then ask a host of its own.
      if (context == null && config.getCurrentContext() == null) {
        throw new ClusterException(file + (config.getContexts() == null || config.getContexts().isEmpty()
            ? " is no kubeconfig: it has no contexts; name another with --kubeconfig or KUBECONFIG"
            : " has no current context; name one with --context, kubectl config get-contexts lists them"));
      }
      return config;
    } catch (KubernetesClientException | IllegalArgumentException e) {
      throw new ClusterException(file + " is no kubeconfig, or a broken one: " + e.getMessage()
          + "; kubectl config view --kubeconfig " + file + " may say more", e);
    } catch (IOException e) {
      throw new ClusterException("kubeconfig " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** The one file that the variable names; null where it names none, or several, which the client merges. */
  private static Path single(String variable) {
    return variable.isEmpty() || variable.contains(File.pathSeparator) ? null : Path.of(variable);
  }

  private static String key(Config config) {
    try {
      if (config.getClientKeyData() != null) {
        byte[] bytes = Base64.getMimeDecoder().decode(config.getClientKeyData());
        return new String(bytes, StandardCharsets.US_ASCII);
      }
      return config.getClientKeyFile() == null ? null : Files.readString(Path.of(config.getClientKeyFile()));
    } catch (IOException | IllegalArgumentException e) {
      throw new ClusterException("the client key of the kubeconfig cannot be read: " + e.getMessage(), e);
    }
  }
}
