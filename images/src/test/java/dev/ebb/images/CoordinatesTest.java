package dev.ebb.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoordinatesTest {
  private static final String VERSION = "0.1.0-SNAPSHOT";

  @TempDir Path folder;

  @Test
  void namesOfQuarkusHaveTheGroup() throws IOException {
    Map<String, Coordinates> list = read("io.vertx:vertx-core::jar:4.5.27", "a.b:c-d:linux:jar:1");
    assertEquals(new Coordinates("io.vertx", "vertx-core", "4.5.27"), of("io.vertx.vertx-core-4.5.27.jar", list));
    assertEquals(new Coordinates("a.b", "c-d", "1"), of("a.b.c-d-linux-1.jar", list));
  }

  @Test
  void namesOfMavenHaveNone() throws IOException {
    Map<String, Coordinates> list = read("", "The following files have been resolved:",
        "   com.fasterxml.jackson.core:jackson-annotations:jar:2.21:compile -- module x",
        "   io.netty:epoll:jar:linux-x86_64:4.1:runtime");
    assertEquals(new Coordinates("com.fasterxml.jackson.core", "jackson-annotations", "2.21"),
        of("jackson-annotations-2.21.jar", list));
    assertEquals("pkg:maven/io.netty/epoll@4.1?type=jar", of("epoll-4.1-linux-x86_64.jar", list).url());
  }

  @Test
  void ownJarsNeedNoList() throws IOException {
    assertEquals(new Coordinates("dev.ebb", "ebb-decode", VERSION), of("ebb-decode-" + VERSION + ".jar", Map.of()));
    assertEquals(new Coordinates("dev.ebb", "quarkus-run", VERSION), of("quarkus-run.jar", Map.of()));
  }

  @Test
  void aJarThatNobodyListsIsRefused() {
    String message = assertThrows(IOException.class, () -> of("strange-1.jar", Map.of())).getMessage();
    assertTrue(message.contains("strange-1.jar"), message);
  }

  private Map<String, Coordinates> read(String... lines) throws IOException {
    return Coordinates.read(Files.write(folder.resolve("list"), List.of(lines)));
  }

  private static Coordinates of(String jar, Map<String, Coordinates> list) throws IOException {
    return Coordinates.of(Path.of("/app/lib", jar), list, VERSION);
  }
}
