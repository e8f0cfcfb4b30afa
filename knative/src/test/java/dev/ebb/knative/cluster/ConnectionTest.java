package dev.ebb.knative.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import javax.crypto.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kubeconfigs with client keys of both algorithms in both forms, down to a client whose TLS is set up with them. */
class ConnectionTest {
  @TempDir Path folder;

  private static KeyPair pair(String algorithm, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static String pkcs8(KeyPair pair) {
    return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'})
        .encodeToString(pair.getPrivate().getEncoded()) + "\n-----END PRIVATE KEY-----\n";
  }

  /** PKCS #1 for an RSA key. */
  private static String traditional(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }

  /** With the curve inside, as RFC 5915 wants it in PEM. */
  private static String sec1(KeyPair pair) throws IOException {
    BigInteger secret = ((ECPrivateKey) pair.getPrivate()).getS();
    byte[] key = new org.bouncycastle.asn1.sec.ECPrivateKey(256, secret, SECObjectIdentifiers.secp256r1).getEncoded();
    return traditional(new PemObject("EC PRIVATE KEY", key));
  }

  private static String certificate(KeyPair pair) throws Exception {
    X500Name name = new X500Name("CN=somebody");
    Instant now = Instant.now();
    String signature = pair.getPrivate().getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
    return traditional(new JcaX509v3CertificateBuilder(name, BigInteger.ONE, Date.from(now),
        Date.from(now.plusSeconds(600)), name, pair.getPublic())
            .build(new JcaContentSignerBuilder(signature).build(pair.getPrivate())));
  }

  private static String data(String pem) {
    return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
  }

  private Path kubeconfig(String certificate, String key) throws IOException {
    return Files.writeString(folder.resolve("config"), """
        apiVersion: v1
        kind: Config
        current-context: here
        clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
        contexts: [{name: here, context: {cluster: c, user: u}}]
        users: [{name: u, user: {client-certificate-data: %s, client-key-data: %s}}]
        """.formatted(data(certificate), data(key)));
  }

  /** Opening a client reads the key into the key store of its TLS, so a key that is not understood fails here. */
  private void opens(KeyPair pair, String pem, String algorithm) throws Exception {
    Path file = kubeconfig(certificate(pair), pem);
    try (KubernetesClient client = new Connection(file, null).open(Map.of())) {
      assertEquals(algorithm, client.getConfiguration().getClientKeyAlgo());
    }
  }

  @Test
  void curveInPkcs8() throws Exception {
    KeyPair pair = pair("EC", 256);
    opens(pair, pkcs8(pair), "EC");
  }

  @Test
  void curveInSec1() throws Exception {
    KeyPair pair = pair("EC", 256);
    String pem = sec1(pair);
    assertTrue(pem.startsWith("-----BEGIN EC PRIVATE KEY-----"), pem);
    opens(pair, pem, "EC");
  }

  @Test
  void rsaInPkcs8() throws Exception {
    KeyPair pair = pair("RSA", 2048);
    opens(pair, pkcs8(pair), "RSA");
  }

  @Test
  void rsaInPkcs1() throws Exception {
    KeyPair pair = pair("RSA", 2048);
    String pem = traditional(pair.getPrivate());
    assertTrue(pem.startsWith("-----BEGIN RSA PRIVATE KEY-----"), pem);
    opens(pair, pem, "RSA");
  }

  @Test
  void otherKeysAreRefusedByName() throws Exception {
    assertTrue(message(pkcs8(pair("Ed25519", 255))).contains("neither an RSA nor an EC key"));
    assertTrue(message("nonsense").contains("is no private key in PEM; give the user"));
  }

  @Test
  void encryptedKeysAreRefusedWithTheMend() throws Exception {
    byte[] sealed = new EncryptedPrivateKeyInfo("PBEWithSHA1AndDESede", new byte[64]).getEncoded();
    assertTrue(message("-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + Base64.getEncoder().encodeToString(sealed)
        + "\n-----END ENCRYPTED PRIVATE KEY-----\n").contains("is encrypted; take its password off"));
  }

  /** As openssl ecparam -genkey writes it. */
  @Test
  void curveBehindItsParameters() throws Exception {
    KeyPair pair = pair("EC", 256);
    opens(pair, "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
        + sec1(pair), "EC");
  }

  private static String message(String pem) {
    return assertThrows(ClusterException.class, () -> ClientKey.of(pem)).getMessage();
  }

  @Test
  void aFileThatIsNoKubeconfigIsNamed() throws Exception {
    for (String text : new String[] {"name: ebb\nnamespace: ebb\n", "apiVersion: v1\nkind: Config\n"}) {
      Path file = Files.writeString(folder.resolve("other"), text);
      String message = assertThrows(ClusterException.class,
          () -> new Connection(null, null).open(Map.of("KUBECONFIG", file.toString()))).getMessage();
      assertTrue(message.startsWith(file + " is no kubeconfig: it has no contexts;"), message);
    }
    for (String text : new String[] {"", "Dear all"}) {
      Path file = Files.writeString(folder.resolve("other"), text);
      String message = assertThrows(ClusterException.class,
          () -> new Connection(file, null).open(Map.of())).getMessage();
      assertTrue(message.startsWith(file + " is no kubeconfig, or a broken one: "), message);
    }
    KeyPair pair = pair("EC", 256);
    Path none = kubeconfig(certificate(pair), pkcs8(pair));
    Files.writeString(none, Files.readString(none).replace("current-context: here\n", ""));
    assertTrue(assertThrows(ClusterException.class, () -> new Connection(none, null).open(Map.of())).getMessage()
        .contains("has no current context; name one with --context"));
    new Connection(none, "here").open(Map.of()).close();
  }

  @Test
  void whatIsNotThereIsNamed() throws Exception {
    Path none = folder.resolve("none");
    assertTrue(assertThrows(ClusterException.class, () -> new Connection(none, null).open(Map.of())).getMessage()
        .contains("no kubeconfig " + none));
    KeyPair pair = pair("EC", 256);
    Path file = kubeconfig(certificate(pair), pkcs8(pair));
    assertTrue(assertThrows(ClusterException.class, () -> new Connection(file, "other").open(Map.of())).getMessage()
        .contains("no context 'other'"));
  }
}
