package dev.ebb.huggingface;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.ModelFormatException;
import dev.ebb.engine.model.Models;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However a safetensors file is damaged, the reader says so or reads on. */
class SafetensorsDamageTest {
  @TempDir Path folder;

  private Path file;
  private byte[] good;

  @BeforeEach
  void writeFolder() throws IOException {
    new TinyFolder("llama").write(folder);
    file = folder.resolve("model.safetensors");
    good = Files.readAllBytes(file);
  }

  @Test
  void everyTruncationIsRefusedWithAnOffset() throws IOException {
    for (int length = 0; length < good.length; length += length < 64 ? 1 : 37) {
      assertRefused(Arrays.copyOf(good, length), " at offset ");
    }
    assertRefused(Arrays.copyOf(good, good.length + 8), "8 bytes follow the last tensor");
  }

  @Test
  void headerLengthsAreCheckedBeforeAnythingIsAllocated() throws IOException {
    for (long length : new long[] {0, -1, Long.MAX_VALUE, Integer.MAX_VALUE, good.length}) {
      byte[] bad = good.clone();
      ByteBuffer.wrap(bad).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
      assertRefused(bad, "header length at offset 0");
    }
  }

  @Test
  void eachLieInTheHeaderIsNamed() throws IOException {
    header("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
        + "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}", "Duplicate field 'a'");
    header("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
        + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", "b data_offsets at offset");
    header("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", "leaves a gap of 4 bytes");
    header("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,16]}}", "shape and dtype take 12");
    header("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,32]}}", "16 bytes beyond the file");
    header("{\"a\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[0,16]}}", "dtype at offset");
    header("{\"a\":{\"dtype\":\"F32\",\"shape\":[-4],\"data_offsets\":[0,16]}}", "-4 is absurd");
    header("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[16,0]}}", "two ascending numbers");
    header("{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,9],\"data_offsets\":[0,16]}}", "overflows");
    header("{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,16]}}", "is absurd");
    header("{\"a\":{\"dtype\":\"F32\",\"shape\":4,\"data_offsets\":[0,16]}}", "a shape at offset");
    header("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16],\"x\":1}}", "unknown field 'x'");
    header("[]", "header at offset");
    header("{\"a\"", "header at offset");
  }

  private void header(String json, String expected) throws IOException {
    assertRefused(TinyFolder.safetensors(json, 16), expected);
  }

  @Test
  void randomDamageNeverEscapesAsAnotherError() throws IOException {
    int headerBytes = (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    Random random = new Random(17);
    int refused = 0;
    for (int i = 0; i < 1500; i++) {
      byte[] bad = good.clone();
      bad[random.nextInt(8 + headerBytes)] = random.nextBoolean()
          ? (byte) random.nextInt()
          : "{}[]\",:09".getBytes(UTF_8)[random.nextInt(9)];
      Files.write(file, bad);
      try (ModelFile model = Models.open(folder)) {
        model.fingerprint();
      } catch (ModelFormatException e) {
        refused++;
      }
    }
    assertTrue(refused > 1000, refused + " refused");
  }

  private void assertRefused(byte[] bytes, String expected) throws IOException {
    Files.write(file, bytes);
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> Models.open(folder));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
    assertTrue(e.getMessage().startsWith("model.safetensors"), e.getMessage());
  }
}
