package dev.ebb.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.cyclonedx.Version;
import org.cyclonedx.parsers.JsonParser;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archives of {@code make images}. */
@Tag("slow")
class BuiltImagesTest {
  @TempDir Path work;

  @Test
  void systemAndJavaAreTheSameLayersInAll() throws Exception {
    Set<List<String>> shared = new HashSet<>();
    for (String name : Program.names()) {
      shared.add(ImageFile.open(Machine.archive(name), work).layerDigests().subList(0, 2));
    }
    assertEquals(1, shared.size());
  }

  @Test
  void noFileHasSpecialBitsOrTimesOrForeignOwners() throws Exception {
    for (String name : Program.names()) {
      for (String line : ImageFile.open(Machine.archive(name), work).listing()) {
        assertTrue(line.matches("[d-](?:[r-][w-][x-]){3} (0/0|10001/10001) .* 1970-01-01 00:00:0[01] .*"), line);
        boolean ours = line.contains(" 10001/10001 ");
        assertEquals(line.endsWith(" " + Program.ARENA.substring(1) + "/"), ours, line);
        boolean open = line.charAt(8) == 'w';
        assertEquals(line.endsWith(" tmp/"), open, line);
      }
    }
  }

  @Test
  void billOfMaterialsIsValidAndNamesWhatIsInside() throws Exception {
    for (String name : Program.names()) {
      Path bill = Machine.DIST.resolve("images/ebb-" + name + ".cdx.json");
      assertEquals(List.of(), new JsonParser().validate(bill.toFile(), Version.VERSION_16));
      Set<String> names = new HashSet<>();
      new JsonParser().parse(bill.toFile()).getComponents().forEach(one -> names.add(one.getName()));
      assertTrue(names.containsAll(Set.of("libc6", "jdk", "jackson-databind")), () -> name + ": " + names);
      assertTrue(ImageFile.open(Machine.archive(name), work).listing().stream()
          .anyMatch(line -> line.endsWith(" etc/os-release")), "scanners need it: " + name);
      assertTrue(ImageFile.open(Machine.archive(name), work).listing().stream()
          .anyMatch(line -> line.endsWith(" usr/share/sbom/ebb-" + name + ".cdx.json")), name);
    }
  }
}
