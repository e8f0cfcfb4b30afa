package dev.ebb.huggingface;

/** What tokenizer.json puts around the tokens of a text. */
final class PostProcessor {
  private PostProcessor() {}

  /**
   * Whether the begin-of-sequence token comes first.
   *
   * @throws dev.ebb.engine.model.ModelFormatException when other tokens are put around a text
   */
  static boolean putsFirst(Json processor, int bos, String[] tokens) {
    if (!processor.present()) {
      return false;
    }
    String type = processor.get("type").string();
    return switch (type) {
      case "ByteLevel" -> false;
      case "Sequence" -> anyOf(processor.get("processors"), bos, tokens);
      case "TemplateProcessing" -> template(processor.get("single"), bos, tokens);
      default -> throw processor.get("type").wrong("'" + type + "' is not supported");
    };
  }

  private static boolean anyOf(Json processors, int bos, String[] tokens) {
    boolean first = false;
    for (int i = 0; i < processors.size(); i++) {
      first |= putsFirst(processors.at(i), bos, tokens);
    }
    return first;
  }

  private static boolean template(Json single, int bos, String[] tokens) {
    int size = single.size();
    boolean bosFirst = size > 0 && bos >= 0
        && tokens[bos].equals(single.at(0).get("SpecialToken").get("id").string(""));
    boolean onlyTextAfter = size == (bosFirst ? 2 : 1) && single.at(size - 1).get("Sequence").present();
    if (!onlyTextAfter) {
      throw single.wrong("puts other tokens around a text than the begin-of-sequence token first");
    }
    return bosFirst;
  }
}
