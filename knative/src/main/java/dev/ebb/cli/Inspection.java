package dev.ebb.cli;

import dev.ebb.engine.model.ModelConfig;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.Tensor;
import dev.ebb.engine.model.TensorType;
import dev.ebb.engine.tokenizer.TokenizerSpec;
import java.io.PrintStream;
import java.lang.reflect.Array;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Prints what a model file holds. */
final class Inspection {
  private static final int VALUE_CHARACTERS_MAX = 90;

  private final ModelFile model;
  private final PrintStream out;

  private Inspection(ModelFile model, PrintStream out) {
    this.model = model;
    this.out = out;
  }

  static void print(ModelFile model, PrintStream out) {
    Inspection inspection = new Inspection(model, out);
    inspection.config();
    inspection.tokenizer();
    inspection.metadata();
    inspection.template();
    inspection.tensors();
  }

  private void config() {
    ModelConfig config = model.config();
    title("Model");
    line("file", model.path());
    line("fingerprint", model.fingerprint());
    line("architecture", config.architecture());
    line("name", config.name());
    line("layers", config.layers());
    line("hidden size", config.hidden());
    line("heads", config.heads() + " (" + config.kvHeads() + " for keys and values) of " + config.headDim());
    line("feed-forward size", config.ffn());
    line("vocabulary", config.vocabulary());
    line("context length", config.contextLength() + " tokens");
    line("sliding window", config.slidingWindow() == 0 ? "none" : config.slidingWindow() + " tokens");
    line("rms epsilon", config.rmsEpsilon());
    line("rope", config.rope().dims() + " dimensions, " + config.rope().pairing());
  }

  private void tokenizer() {
    TokenizerSpec spec = model.tokenizer();
    title("Tokenizer");
    line("kind", spec.kind() + (spec.preTokenizer().isEmpty() ? "" : ", " + spec.preTokenizer()));
    line("tokens", spec.tokens().size());
    line("merges", spec.merges().size());
    line("begin", token(spec, spec.bos()) + (spec.addBos() ? ", put first" : ""));
    line("end", token(spec, spec.eos()));
  }

  private void metadata() {
    title("Metadata");
    for (Map.Entry<String, Object> entry : model.metadata().entrySet()) {
      // The template has a section of its own.
      if (!entry.getKey().equals("tokenizer.chat_template")) {
        out.printf("  %-40s %s%n", entry.getKey(), shortened(entry.getValue()));
      }
    }
  }

  private void template() {
    title("Chat template");
    out.println(model.chatTemplate().orElse("none").indent(2).stripTrailing());
  }

  private void tensors() {
    List<Tensor> tensors = model.tensors();
    Map<TensorType, Integer> counts = new EnumMap<>(TensorType.class);
    tensors.forEach(tensor -> counts.merge(tensor.type(), 1, Integer::sum));
    title("Tensors: " + tensors.size() + " " + counts);
    tensors.stream()
        .sorted(Comparator.comparingInt(Tensor::layer))
        .forEach(tensor -> out.printf("  %-32s %-5s %s%n", tensor.name(), tensor.type(), shape(tensor)));
  }

  private static String shape(Tensor tensor) {
    return tensor.rows() == 1 ? "[" + tensor.cols() + "]" : "[" + tensor.rows() + ", " + tensor.cols() + "]";
  }

  private static String token(TokenizerSpec spec, int id) {
    return id < 0 || id >= spec.tokens().size() ? "none" : id + " " + spec.tokens().get(id);
  }

  private static String shortened(Object value) {
    if (value.getClass().isArray()) {
      return Array.getLength(value) + " values";
    }
    String text = String.valueOf(value).replace("\n", "\\n");
    return text.length() <= VALUE_CHARACTERS_MAX ? text : text.substring(0, VALUE_CHARACTERS_MAX) + "...";
  }

  private void title(String text) {
    out.println(text);
  }

  private void line(String name, Object value) {
    out.printf("  %-20s %s%n", name, value);
  }
}
