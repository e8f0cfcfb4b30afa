package dev.ebb.huggingface;

import dev.ebb.engine.model.ModelFormatException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All weights of a folder: one safetensors file, or several with an index that says which tensor is
 * in which.
 *
 * @param files in order of their names
 * @param tensors of all files
 */
record Weights(List<SafetensorsFile> files, List<SafetensorsEntry> tensors) {
  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";

  /** Maps and validates; the arena's owner closes it. */
  static Weights open(Path folder, Arena arena) {
    return folder.resolve(INDEX).toFile().isFile() ? sharded(folder, arena) : single(folder, arena);
  }

  private static Weights single(Path folder, Arena arena) {
    SafetensorsFile file = SafetensorsFile.open(folder.resolve(SINGLE), arena);
    return new Weights(List.of(file), file.entries());
  }

  private static Weights sharded(Path folder, Arena arena) {
    Map<String, String> index = index(Json.read(folder.resolve(INDEX)));
    List<SafetensorsFile> files = new ArrayList<>();
    List<SafetensorsEntry> tensors = new ArrayList<>();
    Map<String, String> missing = new TreeMap<>(index);
    for (String name : new TreeSet<>(index.values())) {
      SafetensorsFile file = SafetensorsFile.open(folder.resolve(name), arena);
      files.add(file);
      for (SafetensorsEntry entry : file.entries()) {
        if (!name.equals(index.get(entry.name()))) {
          throw new ModelFormatException(
              name + ": " + entry.name() + " at offset " + entry.at() + ": " + INDEX + " has it in "
                  + index.getOrDefault(entry.name(), "no file"));
        }
        missing.remove(entry.name());
        tensors.add(entry);
      }
    }
    if (!missing.isEmpty()) {
      var first = missing.entrySet().iterator().next();
      throw new ModelFormatException(
          INDEX + ": weight_map." + first.getKey() + ": is not in " + first.getValue());
    }
    return new Weights(files, tensors);
  }

  /** The index by tensor; a shard's name must be a file of this folder, not a way out of it. */
  private static Map<String, String> index(Json json) {
    Json map = json.get("weight_map");
    if (!map.node().isObject()) {
      throw map.wrong("is no object");
    }
    Map<String, String> index = new TreeMap<>();
    map.node().fieldNames().forEachRemaining(tensor -> {
      Json entry = map.get(tensor);
      String file = entry.string();
      if (!file.matches("[A-Za-z0-9][A-Za-z0-9._-]*\\.safetensors")) {
        throw entry.wrong("'" + file + "' is no name of a safetensors file in this folder");
      }
      index.put(tensor, file);
    });
    return index;
  }
}
