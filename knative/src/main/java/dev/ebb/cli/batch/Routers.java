package dev.ebb.cli.batch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.cli.CliException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The routers by the model that each serves, since a router process serves one. */
record Routers(Map<String, URI> byModel) {

  /**
   * Reads {@code MODEL=URL}, separated by spaces.
   *
   * @throws CliException quoting a word that is not that
   */
  static Routers of(String text) {
    Map<String, URI> all = new LinkedHashMap<>();
    for (String word : text.strip().split("\\s+")) {
      int equals = word.indexOf('=');
      if (equals < 1 || !word.substring(equals + 1).matches("https?://[^/\\s]+.*")) {
        throw new CliException(
            "EBB_ROUTERS holds '" + word + "'; write MODEL=http://HOST:PORT, several separated by spaces");
      }
      all.put(word.substring(0, equals), URI.create(word.substring(equals + 1)));
    }
    return new Routers(all);
  }

  /** The one for an event: by its attribute {@code model}, else by its data's; the only one where it names none. */
  Optional<URI> of(JsonNode event) {
    Optional<String> model = model(event);
    if (model.isEmpty()) {
      return byModel.size() == 1 ? byModel.values().stream().findFirst() : Optional.empty();
    }
    return model.map(byModel::get);
  }

  static Optional<String> model(JsonNode event) {
    return Optional.ofNullable(event.path("model").textValue())
        .or(() -> Optional.ofNullable(event.path("data").path("model").textValue()));
  }
}
