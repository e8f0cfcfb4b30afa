package dev.ebb.images;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * An image's bill of materials in CycloneDX 1.6. It is written from the files that are in the image, which a Maven
 * module's dependencies are not: Quarkus leaves some out, and runtime and system libraries are none.
 */
final class Materials {
  private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final ArrayNode components = MAPPER.createArrayNode();

  /** The document; it has no time and no serial number, so that the same files give the same text. */
  String json(String image, String version) throws IOException {
    ObjectNode document = MAPPER.createObjectNode();
    document.put("bomFormat", "CycloneDX").put("specVersion", "1.6").put("version", 1);
    document.putObject("metadata").putObject("component").put("type", "container").put("bom-ref", image)
        .put("name", image).put("version", version);
    document.set("components", components);
    return MAPPER.writeValueAsString(document) + "\n";
  }

  Materials packages(Collection<DebianPackages.Package> packages, OsRelease system) {
    packages.forEach(one -> add("library", one.name(), one.version(), system.url(one)));
    return this;
  }

  Materials runtime(Set<String> modules) {
    String version = Runtime.version().toString();
    ObjectNode java = add("platform", "jdk", version, "pkg:generic/jdk@" + version.replace("+", "%2B"));
    java.put("publisher", System.getProperty("java.vendor"));
    java.put("description", "Java runtime of the modules " + String.join(", ", modules));
    return this;
  }

  Materials jars(Path app, Map<String, Coordinates> list, String version) throws IOException {
    for (Path jar : Folders.jars(app)) {
      Coordinates one = Coordinates.of(jar, list, version);
      ObjectNode component = add("library", one.artifact(), one.version(), one.url());
      component.put("group", one.group());
      // A jar of a classifier has the coordinates of the one without.
      component.put("bom-ref", one.url() + "#" + app.relativize(jar));
      component.putArray("hashes").addObject().put("alg", "SHA-256").put("content", sha256(jar));
    }
    return this;
  }

  private ObjectNode add(String type, String name, String version, String url) {
    return components.addObject().put("type", type).put("bom-ref", url).put("name", name).put("version", version)
        .put("purl", url);
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
