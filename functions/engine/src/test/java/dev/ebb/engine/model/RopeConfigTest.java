package dev.ebb.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Frequencies against values computed separately, by numpy in float32 from the papers' formulas, as
 * the models' reference code does; so equal to a few parts in a million.
 */
class RopeConfigTest {
  private static final RopeConfig.Pairing HALVES = RopeConfig.Pairing.HALVES;

  @TempDir Path folder;

  @Test
  void yarnKeepsShortWavesStretchesLongOnesAndRampsBetween() {
    RopeConfig rope = RopeConfig.yarn(128, HALVES, 1_000_000, 4, 32768, 32, 1);
    check(rope, 0, 1.0, 20, 0.01333521492779255, 30, 0.0010643609566614032,
        35, 0.0002462583943270147, 63, 3.102344408034696e-07);
    assertEquals(1.138629436111989, rope.magnitude(), 1e-6);
  }

  @Test
  void llama3BlendsBetweenItsTwoWaveLengths() {
    RopeConfig rope = RopeConfig.llama3(128, HALVES, 500_000, 8, 1, 4, 8192);
    check(rope, 0, 1.0, 20, 0.016560440883040428, 28, 0.0032114461064338684, 30, 0.0013718936825171137,
        33, 0.0003126936499029398, 35, 9.556212899042293e-05, 63, 3.068925877869333e-07);
    assertEquals(1, rope.magnitude());
  }

  @Test
  void linearDividesEveryFrequency() {
    check(RopeConfig.linear(4, HALVES, 10_000, 4), 0, 0.25, 1, 0.0025);
    check(RopeConfig.plain(4, HALVES, 10_000), 0, 1, 1, 0.01);
  }

  @Test
  void scalingOfAFileIsFoldedIn() {
    GgufWriter writer = TinyModel.writer("llama");
    check(rope(writer), 0, 1, 1, 0.01);
    check(rope(writer.put("llama.rope.scale_linear", 2f)), 0, 0.5, 1, 0.005);
    writer.put("llama.rope.scaling.type", "linear").put("llama.rope.scaling.factor", 4f);
    check(rope(writer), 0, 0.25, 1, 0.0025);
    writer.put("llama.rope.scaling.type", "yarn").put("llama.rope.scaling.original_context_length", 16L);
    RopeConfig yarn = rope(writer.put("llama.rope.scaling.attn_factor", 0.5f));
    assertEquals((0.1 * Math.log(4) + 1) / 2, yarn.magnitude(), 1e-6);
    check(rope(writer.put("llama.rope.scaling.type", "none")), 0, 1, 1, 0.01);
  }

  @Test
  void divisorsOfAFileAreFoldedIn() {
    ByteBuffer divisors = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(1).putFloat(8);
    GgufWriter writer = TinyModel.writer("llama");
    check(rope(writer.tensor("rope_freqs.weight", TensorType.F32, divisors.array(), 2)), 0, 1, 1, 0.00125);
  }

  private RopeConfig rope(GgufWriter writer) {
    try (ModelFile model = Models.open(TinyModel.write(folder, writer.bytes()))) {
      return model.config().rope();
    }
  }

  private static void check(RopeConfig rope, double... pairs) {
    for (int i = 0; i < pairs.length; i += 2) {
      assertEquals(pairs[i + 1], rope.inverseFrequency()[(int) pairs[i]], pairs[i + 1] * 5e-6, "pair " + pairs[i]);
    }
  }
}
