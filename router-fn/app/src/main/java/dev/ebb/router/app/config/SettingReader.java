package dev.ebb.router.app.config;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/** Reads single settings with errors that name the environment variable. */
final class SettingReader {
  private final Config config;

  SettingReader(Config config) {
    this.config = config;
  }

  Optional<String> optional(String name) {
    return config.getOptionalValue(name, String.class).map(String::trim).filter(text -> !text.isEmpty());
  }

  String text(String name, String otherwise) {
    return optional(name).orElse(otherwise);
  }

  String required(String name, String meaning) {
    return optional(name).orElseThrow(() -> new SettingsException(variable(name) + " must name " + meaning));
  }

  long number(String name, long otherwise, long least, long most) {
    Optional<String> text = optional(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      long value = Long.parseLong(text.get());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below, as a value out of range is.
    }
    throw new SettingsException(
        variable(name) + " must be a whole number between " + least + " and " + most + ", got " + text.get());
  }

  Optional<URI> url(String name) {
    return optional(name).map(text -> parse(name, text));
  }

  private static URI parse(String name, String text) {
    try {
      URI uri = URI.create(text);
      if ("http".equals(uri.getScheme()) && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Reported below.
    }
    throw new SettingsException(variable(name) + " must be an address such as http://host:8080, got " + text);
  }

  static String variable(String name) {
    return name.toUpperCase(Locale.ROOT).replace('.', '_');
  }
}
