package dev.ebb.it.ci;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebb.it.harness.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The twelve known pitfalls of Knative, KEDA and Kueue together are each a test on the real cluster. */
final class PitfallsTest {
  private static final Pattern NAME = Pattern.compile("pitfall ([0-9]+): .+");

  @Test
  void eachOfTheTwelveHasATestOfItsName() throws IOException {
    Set<Integer> named = classes().stream().flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
        .map(method -> method.getAnnotation(DisplayName.class)).filter(Objects::nonNull)
        .map(name -> NAME.matcher(name.value())).filter(Matcher::matches)
        .map(name -> Integer.valueOf(name.group(1))).collect(Collectors.toCollection(TreeSet::new));
    assertEquals(IntStream.rangeClosed(1, 12).boxed().collect(Collectors.toCollection(TreeSet::new)), named);
  }

  private static List<Class<?>> classes() throws IOException {
    Path folder = Workspace.target("test-classes").resolve("dev/ebb/it/cluster");
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).filter(name -> name.matches("[A-Za-z]+Test\\.class"))
          .<Class<?>>map(name -> load("dev.ebb.it.cluster." + name.replace(".class", ""))).toList();
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, PitfallsTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
