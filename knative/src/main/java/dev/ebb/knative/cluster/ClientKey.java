package dev.ebb.knative.cluster;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.util.Base64;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/**
 * A client key in the one form that the Kubernetes client reads of both algorithms, PKCS #8; kubeconfigs also have
 * PKCS #1 (RSA) and SEC 1 (EC, before which its parameters may stand), told apart as RFC 7468 names them.
 *
 * @param algorithm {@code EC} or {@code RSA}, which the Kubernetes client wants to be told
 * @param data the PEM text in Base64, as a kubeconfig has it
 */
record ClientKey(String algorithm, String data) {
  private static final String OTHERWISE = "; give the user of the kubeconfig another key, or a token";

  /**
   * Reads a key.
   *
   * @throws ClusterException for a key that is encrypted, of another algorithm, or none
   */
  static ClientKey of(String pem) {
    PrivateKey key = parse(pem);
    String algorithm = key.getAlgorithm().startsWith("EC") ? "EC" : key.getAlgorithm();
    if (!algorithm.equals("EC") && !algorithm.equals("RSA")) {
      throw new ClusterException("the client key is neither an RSA nor an EC key but " + algorithm + OTHERWISE);
    }
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    String text = "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n";
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return new ClientKey(algorithm, Base64.getEncoder().encodeToString(bytes));
  }

  private static PrivateKey parse(String pem) {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
        switch (object) {
          case PEMKeyPair pair -> {
            return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
          }
          case PrivateKeyInfo info -> {
            return new JcaPEMKeyConverter().getPrivateKey(info);
          }
          case PEMEncryptedKeyPair encrypted -> throw encrypted();
          case PKCS8EncryptedPrivateKeyInfo encrypted -> throw encrypted();
          default -> { }
        }
      }
    } catch (IOException e) {
      throw new ClusterException("the client key cannot be read (" + e.getMessage() + ")" + OTHERWISE, e);
    }
    throw new ClusterException("the client key is no private key in PEM" + OTHERWISE);
  }

  private static ClusterException encrypted() {
    return new ClusterException("the client key is encrypted; take its password off, for example with"
        + " openssl pkey -in KEY -out NEWKEY");
  }
}
