package dev.ebb.keda.setting;

import java.util.HashSet;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * YAML or JSON as lists and maps, within bounds: whoever may make a service writes it, and the one reconciler of the
 * cluster reads it, so no text may cost that one its stack or its memory.
 */
final class TriggerText {
  /** Some fifty triggers with long queries. Kubernetes takes four times as much for all annotations together. */
  private static final int CHARS_MAX = 65_536;
  /** A list of triggers, their fields and their metadata are three. */
  private static final int LEVELS_MAX = 20;

  private TriggerText() {}

  /**
   * What the text holds, null for nothing.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static Object parse(String text) {
    if (text.length() > CHARS_MAX) {
      throw new IllegalArgumentException("has " + text.length() + " characters; give at most " + CHARS_MAX);
    }
    LoadSettings settings =
        LoadSettings.builder().setLabel(Annotations.TRIGGERS).setAllowDuplicateKeys(false).build();
    try {
      check(settings, text);
      return new Load(settings).loadFromString(text);
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException(
          "is neither YAML nor JSON: " + e.getMessage().replaceAll("\\s+", " ").strip(), e);
    }
  }

  /** Events come without recursion, so this may look at what loading, which the library does not bound, may not. */
  private static void check(LoadSettings settings, String text) {
    Set<String> collections = new HashSet<>();
    int levels = 0;
    for (Event event : new Parse(settings).parseString(text)) {
      switch (event) {
        case CollectionStartEvent start -> {
          levels++;
          start.getAnchor().ifPresent(anchor -> collections.add(anchor.getValue()));
        }
        case CollectionEndEvent end -> levels--;
        case AliasEvent alias when collections.contains(alias.getAlias().getValue()) ->
            // One may hold itself, and a few that hold each other twice are millions when they are written out.
            throw new IllegalArgumentException(
                "repeats a list or map by '*" + alias.getAlias().getValue() + "'; write it out");
        default -> { }
      }
      if (levels > LEVELS_MAX) {
        throw new IllegalArgumentException("has lists or maps within each other on more than " + LEVELS_MAX
            + " levels; give a list of triggers, each with keys and values");
      }
    }
  }
}
