package dev.ebb.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.engine.model.ModelFormatException;
import dev.ebb.engine.tokenizer.TokenizerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The tokenizer and chat template of a folder, from tokenizer.json, tokenizer_config.json,
 * generation_config.json and chat_template.jinja.
 */
final class FolderTokenizer {
  private static final String FILE = "tokenizer.json";

  private final Path folder;
  private final Json settings;
  private final Json tokenizer;
  private final Json model;
  private final Json modelConfig;
  private final Json generation;
  private final String[] tokens;
  private final byte[] types;

  FolderTokenizer(Path folder, Json modelConfig, int vocabulary) {
    this.folder = folder;
    this.modelConfig = modelConfig;
    this.settings = Json.readIfThere(folder.resolve("tokenizer_config.json"));
    this.generation = Json.readIfThere(folder.resolve("generation_config.json"));
    this.tokenizer = Json.read(folder.resolve(FILE));
    this.model = tokenizer.get("model");
    this.tokens = new String[vocabulary];
    this.types = new byte[vocabulary];
    String type = model.get("type").string("BPE");
    if (!type.equals("BPE")) {
      throw model.get("type").wrong("tokenizer '" + type + "' is not supported (BPE is)");
    }
    for (String affix : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      if (!model.get(affix).string("").isEmpty()) {
        throw model.get(affix).wrong("is not supported");
      }
    }
  }

  TokenizerSpec spec() {
    SplitRule rule = SplitRule.read(tokenizer);
    readVocabulary();
    readAdded(rule.byteLevel());
    padUnused();
    List<String> all = Collections.unmodifiableList(Arrays.asList(tokens));
    int bos = id(settings.get("bos_token"), modelConfig.get("bos_token_id"));
    int eos = id(settings.get("eos_token"), firstOf(modelConfig.get("eos_token_id")));
    boolean addBos = addBos(bos);
    if (addBos && bos < 0) {
      throw settings.get("bos_token").wrong("is missing, but the tokenizer puts it first");
    }
    return new TokenizerSpec(
        rule.byteLevel() ? TokenizerSpec.Kind.BYTE_LEVEL_BPE : TokenizerSpec.Kind.SENTENCE_PIECE_BPE,
        rule.name(), all, types, merges(rule.byteLevel()), new float[0], bos, eos, id(model.get("unk_token"), null),
        addBos, rule.spacePrefix(), TokenizerSpec.endOfGeneration(all, types, endIds(eos)), FolderTokenizer::wrong);
  }

  /** chat_template.jinja, else the setting, which may name several of which one is the default. */
  Optional<String> chatTemplate() {
    Path file = folder.resolve("chat_template.jinja");
    try {
      if (Files.isRegularFile(file)) {
        return Optional.of(Files.readString(file));
      }
    } catch (IOException e) {
      throw new ModelFormatException(file + ": cannot be read: " + e.getMessage(), e);
    }
    Json template = settings.get("chat_template");
    if (!template.node().isArray()) {
      return template.present() ? Optional.of(template.string()) : Optional.empty();
    }
    for (int i = 0; i < template.size(); i++) {
      if (template.at(i).get("name").string().equals("default")) {
        return Optional.of(template.at(i).get("template").string());
      }
    }
    return Optional.empty();
  }

  private void readVocabulary() {
    Json vocabulary = model.get("vocab");
    if (!vocabulary.node().isObject()) {
      throw vocabulary.wrong("is no object");
    }
    boolean bytes = model.get("byte_fallback").bool(false);
    for (var entry : vocabulary.node().properties()) {
      String token = entry.getKey();
      // A quick look at each of many; the slow path only makes the message.
      int id = entry.getValue().isInt() ? entry.getValue().intValue() : -1;
      if (id < 0 || id >= tokens.length) {
        id = vocabulary.get(token).integer(0, tokens.length - 1);
      }
      if (tokens[id] != null) {
        throw vocabulary.get(token).wrong("id " + id + " is that of '" + tokens[id] + "' too");
      }
      tokens[id] = token;
      types[id] = bytes && isByte(token) ? TokenizerSpec.BYTE : TokenizerSpec.NORMAL;
    }
  }

  private static boolean isByte(String token) {
    return token.length() == 6 && token.startsWith("<0x") && token.matches("<0x[0-9A-Fa-f]{2}>");
  }

  private void readAdded(boolean byteLevel) {
    Json added = tokenizer.get("added_tokens");
    for (int i = 0; i < added.size(); i++) {
      Json token = added.at(i);
      int id = token.get("id").integer(0, tokens.length - 1);
      String content = token.get("content").string();
      if (tokens[id] != null && !tokens[id].equals(content)) {
        throw token.get("id").wrong(id + " is that of '" + tokens[id] + "' too");
      }
      for (String flag : List.of("single_word", "lstrip", "rstrip")) {
        if (token.get(flag).bool(false)) {
          throw token.get(flag).wrong("true is not supported (token '" + content + "')");
        }
      }
      tokens[id] = content;
      types[id] = token.get("special").bool(false) ? TokenizerSpec.CONTROL : TokenizerSpec.USER_DEFINED;
    }
    String unknown = model.get("unk_token").string("");
    for (int id = 0; id < tokens.length && !byteLevel; id++) {
      if (unknown.equals(tokens[id])) {
        types[id] = TokenizerSpec.UNKNOWN;
      }
    }
  }

  /** Matrices are often larger than the vocabulary; the rows beyond it are tokens that never occur. */
  private void padUnused() {
    for (int id = 0; id < tokens.length; id++) {
      if (tokens[id] == null) {
        tokens[id] = "[PAD" + id + "]";
        types[id] = TokenizerSpec.UNUSED;
      }
    }
  }

  /** Without a look into the JSON: the tree of a large vocabulary must not live as long as its tokenizer. */
  private static ModelFormatException wrong(TokenizerSpec.Entry entry, int index, String what) {
    String list = entry == TokenizerSpec.Entry.MERGE ? "merges" : "vocab";
    return new ModelFormatException(FILE + ": model." + list + "[" + index + "]: " + what);
  }

  /** Merges are strings in older files and pairs in newer ones. */
  private List<String> merges(boolean byteLevel) {
    Json merges = model.get("merges");
    if (merges.size() == 0 && !byteLevel) {
      throw merges.wrong("is empty, and there are no scores to merge characters by");
    }
    List<String> out = new ArrayList<>(merges.size());
    for (int i = 0; i < merges.size(); i++) {
      JsonNode merge = merges.node().get(i);
      out.add(merge.isTextual() ? merge.textValue() : pair(merges.at(i)));
    }
    return out;
  }

  private static String pair(Json merge) {
    String left = merge.at(0).string();
    String right = merge.at(1).string();
    if (merge.size() != 2 || left.indexOf(' ') >= 0 || right.indexOf(' ') >= 0) {
      throw merge.wrong("is no pair of tokens without spaces");
    }
    return left + " " + right;
  }

  private boolean addBos(int bos) {
    Json setting = settings.get("add_bos_token");
    return setting.present()
        ? setting.bool(false)
        : PostProcessor.putsFirst(tokenizer.get("post_processor"), bos, tokens);
  }

  /** The id of a token given by its string, or as an object with its content, or by a number. */
  private int id(Json token, Json number) {
    if (token.present()) {
      Json content = token.node().isObject() ? token.get("content") : token;
      int id = Arrays.asList(tokens).indexOf(content.string());
      if (id < 0) {
        throw content.wrong("'" + content.string() + "' is not in the vocabulary");
      }
      return id;
    }
    return number == null ? -1 : number.integer(0, tokens.length - 1, -1);
  }

  private int[] endIds(int eos) {
    List<Integer> ids = new ArrayList<>(List.of(eos));
    for (Json source : List.of(generation.get("eos_token_id"), modelConfig.get("eos_token_id"))) {
      int count = source.node().isArray() ? source.size() : 1;
      for (int i = 0; i < count; i++) {
        ids.add((source.node().isArray() ? source.at(i) : source).integer(0, tokens.length - 1, -1));
      }
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Json firstOf(Json value) {
    return value.node().isArray() && value.size() > 0 ? value.at(0) : value;
  }
}
