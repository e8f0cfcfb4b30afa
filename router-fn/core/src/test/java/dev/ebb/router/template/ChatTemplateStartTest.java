package dev.ebb.router.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** A start of the router does not pay for the template engine. */
class ChatTemplateStartTest {

  /** Loads the tests' classes once more, and knows which. */
  private static final class Recording extends URLClassLoader {
    private final Set<String> loaded = ConcurrentHashMap.newKeySet();

    Recording() throws MalformedURLException {
      super(classPath(), ClassLoader.getPlatformClassLoader());
    }

    private static URL[] classPath() throws MalformedURLException {
      String[] places = System.getProperty("java.class.path").split(File.pathSeparator);
      URL[] urls = new URL[places.length];
      for (int i = 0; i < places.length; i++) {
        urls[i] = Path.of(places[i]).toUri().toURL();
      }
      return urls;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      Class<?> found = super.findClass(name);
      loaded.add(name);
      return found;
    }

    boolean hasLoadedTheEngine() {
      return loaded.stream().anyMatch(name -> name.startsWith("com.hubspot."));
    }
  }

  @Test
  void nothingIsParsedBeforeTheFirstRender() {
    ChatTemplate broken = ChatTemplate.of("{% if %}").limitedTo(Duration.ofSeconds(9), 1000);
    assertEquals("{% if %}", broken.source());
    assertThrows(TemplateException.class, () -> broken.render(List.of(), false, Map.of()));
  }

  @Test
  void nothingOfTheEngineIsLoadedBeforeTheFirstRender() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader usual = thread.getContextClassLoader();
    try (Recording classes = new Recording()) {
      thread.setContextClassLoader(classes);
      Class<?> type = classes.loadClass(ChatTemplate.class.getName());
      Object template = type.getMethod("of", String.class).invoke(null, "a{{ 1 }}");
      assertFalse(classes.hasLoadedTheEngine(), () -> classes.loaded.toString());
      assertEquals("a1", type.getMethod("render", List.class, boolean.class, Map.class)
          .invoke(template, List.of(), false, Map.of()));
      assertTrue(classes.hasLoadedTheEngine());
    } finally {
      thread.setContextClassLoader(usual);
    }
  }
}
