package dev.ebb.engine.model;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However a file is damaged, the reader says so or reads on; it never fails in another way. */
class GgufDamageTest {
  /** Every error has the offset of what lies, or is about something that is not there or is of another shape. */
  private static final String NAMED =
      "(?s)(damaged|extreme)\\.gguf: (.+ at offset \\d+: .+|metadata key .+ is missing"
          + "|tensor \\w+( of layer \\d+)? is missing|layer \\d+ has tensors .+|tensor .+: .+"
          + "|file length \\d+: .+ at offset \\d+)";

  @TempDir Path folder;

  @Test
  void everyTruncationOfTheHeaderIsRefusedWithFieldAndOffset() {
    byte[] bytes = TinyModel.writer("qwen3").bytes();
    int end = GgufHeader.read("whole", ByteBuffer.wrap(bytes)).end();
    for (int length = 0; length < end; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      ModelFormatException e =
          assertThrows(ModelFormatException.class, () -> GgufHeader.read("cut", ByteBuffer.wrap(cut)));
      assertTrue(e.getMessage().matches("(?s)cut: .+ at offset \\d+: .+"), e.getMessage());
    }
  }

  @Test
  void everyTruncationOfTheDataIsRefused() throws IOException {
    byte[] bytes = TinyModel.writer("llama").bytes();
    Path file = folder.resolve("cut.gguf");
    for (int length = bytes.length - 8; length > 0; length -= 61) {
      Files.write(file, Arrays.copyOf(bytes, length));
      ModelFormatException e = assertThrows(ModelFormatException.class, () -> Models.open(file));
      assertTrue(e.getMessage().contains(" at offset "), e.getMessage());
    }
  }

  @Test
  void randomDamageNeverEscapesAsAnotherError() throws IOException {
    byte[] bytes = TinyModel.writer("qwen2").bytes();
    int end = GgufHeader.read("whole", ByteBuffer.wrap(bytes)).end();
    Path file = folder.resolve("damaged.gguf");
    Random random = new Random(11);
    int refused = 0;
    for (int i = 0; i < 1500; i++) {
      byte[] damaged = bytes.clone();
      for (int n = random.nextInt(3); n >= 0; n--) {
        damaged[random.nextInt(end)] = (byte) random.nextInt();
      }
      Files.write(file, damaged);
      refused += opens(file) ? 0 : 1;
    }
    assertTrue(refused > 150, refused + " refused");
  }

  /** Numbers set to their extremes, which is where sizes overflow. */
  @Test
  void extremeNumbersNeverEscapeAsAnotherError() throws IOException {
    byte[] bytes = TinyModel.writer("llama").bytes();
    int end = GgufHeader.read("whole", ByteBuffer.wrap(bytes)).end();
    Path file = folder.resolve("extreme.gguf");
    long[] extremes = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 0, 1L << 32, 1L << 40, Integer.MAX_VALUE};
    Random random = new Random(13);
    for (int i = 0; i < 1000; i++) {
      byte[] damaged = bytes.clone();
      ByteBuffer.wrap(damaged).order(java.nio.ByteOrder.LITTLE_ENDIAN)
          .putLong(random.nextInt(end - 8), extremes[random.nextInt(extremes.length)]);
      Files.write(file, damaged);
      opens(file);
    }
  }

  /** Every byte of the merges and of the last tokens, which the damage at random hits too seldom. */
  @Test
  void damagedMergesAndTokensAreRefusedWithFieldAndOffset() throws IOException {
    byte[] bytes = TinyModel.writer("qwen2").bytes();
    Path file = folder.resolve("damaged.gguf");
    int refused = 0;
    for (String entry : List.of("h e", "he l", "hel")) {
      for (int at = 0; at < entry.length(); at++) {
        byte[] damaged = bytes.clone();
        damaged[new String(bytes, ISO_8859_1).indexOf(framed(entry)) + 8 + at] = 'X';
        Files.write(file, damaged);
        refused += opens(file) ? 0 : 1;
      }
    }
    assertEquals(10, refused);
  }

  /** A string as a file has it, behind its length. */
  private static String framed(String entry) {
    return (char) entry.length() + "\0\0\0\0\0\0\0" + entry;
  }

  private static boolean opens(Path file) {
    try (ModelFile model = Models.open(file)) {
      Tokenizers.build(model.tokenizer());
      return true;
    } catch (ModelFormatException e) {
      assertTrue(e.getMessage().matches(NAMED), e.getMessage());
      return false;
    }
  }
}
