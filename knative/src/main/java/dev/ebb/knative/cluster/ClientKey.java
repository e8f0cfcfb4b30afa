package dev.ebb.knative.cluster;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/**
 * The algorithm of a client key in PEM, which the Kubernetes client wants to be told. RFC 7468 names the forms: SEC 1
 * and PKCS #1 tell it in their header, PKCS #8 inside.
 */
final class ClientKey {
  static final String EC = "EC";
  static final String RSA = "RSA";

  private ClientKey() {}

  /**
   * {@code EC} or {@code RSA}.
   *
   * @throws ClusterException for a key that is encrypted, of another kind, or none
   */
  static String algorithm(String pem) {
    if (pem.contains("BEGIN EC PRIVATE KEY")) {
      return EC;
    }
    if (pem.contains("BEGIN RSA PRIVATE KEY")) {
      return RSA;
    }
    if (pem.contains("BEGIN ENCRYPTED PRIVATE KEY")) {
      throw new ClusterException("the client key of the kubeconfig is encrypted; take its password off,"
          + " for example with openssl pkey -in KEY -out NEWKEY");
    }
    byte[] key = body(pem);
    return List.of(EC, RSA).stream().filter(algorithm -> isOf(algorithm, key)).findFirst()
        .orElseThrow(() -> new ClusterException("the client key of the kubeconfig is neither an RSA nor an EC key in"
            + " PEM; give the user another one, or a token"));
  }

  private static byte[] body(String pem) {
    String text = pem.replaceAll("-----[^-]*-----", "").replaceAll("\\s", "");
    try {
      return Base64.getDecoder().decode(text.getBytes(StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static boolean isOf(String algorithm, byte[] key) {
    try {
      KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(key));
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
