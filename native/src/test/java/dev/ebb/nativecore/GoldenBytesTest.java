package dev.ebb.nativecore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebb.engine.backend.BatchDescriptor;
import dev.ebb.engine.backend.BatchLayout;
import dev.ebb.engine.backend.SamplingDescriptor;
import dev.ebb.engine.backend.SamplingDescriptor.Adjustment;
import dev.ebb.engine.backend.SamplingLayout;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.model.ModelConfig;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.RopeConfig;
import dev.ebb.engine.model.Tensor;
import dev.ebb.engine.model.TensorRole;
import dev.ebb.engine.model.TensorType;
import dev.ebb.engine.request.SamplingParams;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The descriptors byte by byte; test_golden.cpp reads the same files through the C structs. */
class GoldenBytesTest {

  @Test
  void batchDescriptor() {
    try (BatchDescriptor batch = new BatchDescriptor()) {
      batch.begin(new BatchLayout(3, 2, 3, 2, 8));
      batch.segment().asSlice(128).fill((byte) 0); // Gaps between arrays are undefined.
      batch.token(0, 5, 15, 63);
      batch.token(1, 6, 16, 16);
      batch.token(2, 7, 0, 32);
      batch.sequence(0, 0, 0);
      batch.sequence(1, 2, 2);
      batch.sequence(2, 3, 3);
      batch.block(0, 3, 9);
      batch.block(1, 1, 0x1122334455667788L);
      batch.block(2, 2, 0);
      batch.output(0, 1);
      batch.output(1, 2);
      assertEquals(golden("batch.hex"), hex(batch.segment()));
    }
  }

  @Test
  void samplingDescriptor() {
    try (SamplingDescriptor sampling = new SamplingDescriptor()) {
      sampling.begin(new SamplingLayout(2, 3), 9);
      sampling.segment().asSlice(SamplingLayout.HEADER_BYTES).fill((byte) 0); // Gaps between arrays are undefined.
      SamplingParams cut = SamplingParams.builder().temperature(0.75f).topP(0.5f).topK(5).minP(0.25f)
          .repetitionPenalty(1.5f).frequencyPenalty(-2).presencePenalty(2).build();
      sampling.draw(0, 1, 0, 1, cut, 0.125);
      sampling.draw(1, 0, 1, 2, SamplingParams.builder().temperature(0).build(), 0);
      sampling.adjustment(0, new Adjustment(7, 0.5f, true, true, 3));
      sampling.adjustment(1, new Adjustment(2, 0, true, false, 0));
      sampling.adjustment(2, new Adjustment(8, -1, false, true, 4));
      assertEquals(golden("sampling.hex"), hex(sampling.segment()));
    }
  }

  @Test
  void modelDescriptor() {
    RopeConfig rope = new RopeConfig(2, RopeConfig.Pairing.HALVES, new float[] {0.75f}, 1.25f);
    ModelConfig config =
        new ModelConfig("llama", "golden", 1, 4, 2, 1, 2, 6, 9, 77, 0.5f, rope, 33);
    KvLayout layout = KvLayout.of(config, KvLayout.Type.F16);
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(
          golden("model.hex"), hex(ModelLayout.encode(model(config, tensors()), layout, arena)));
    }
  }

  private static List<Tensor> tensors() {
    List<Tensor> tensors = new ArrayList<>();
    add(tensors, TensorRole.TOKEN_EMBEDDING, -1, TensorType.F32, 9, 4);
    add(tensors, TensorRole.OUTPUT_NORM, -1, TensorType.F32, 1, 4);
    add(tensors, TensorRole.ATTENTION_NORM, 0, TensorType.F32, 1, 4);
    add(tensors, TensorRole.Q, 0, TensorType.F16, 4, 4);
    add(tensors, TensorRole.K, 0, TensorType.F16, 2, 4);
    add(tensors, TensorRole.V, 0, TensorType.BF16, 2, 4);
    add(tensors, TensorRole.ATTENTION_OUTPUT, 0, TensorType.F16, 4, 4);
    add(tensors, TensorRole.FFN_NORM, 0, TensorType.F32, 1, 4);
    add(tensors, TensorRole.FFN_GATE, 0, TensorType.F32, 6, 4);
    add(tensors, TensorRole.FFN_UP, 0, TensorType.F32, 6, 4);
    add(tensors, TensorRole.FFN_DOWN, 0, TensorType.F32, 4, 6);
    return tensors;
  }

  /** Addresses are made up, 256 bytes apart; nothing is read through them. */
  private static void add(
      List<Tensor> tensors, TensorRole role, int layer, TensorType type, long rows, long cols) {
    MemorySegment data =
        MemorySegment.ofAddress(0x1122334455667700L + 256L * tensors.size())
            .reinterpret(type.bytes(rows * cols));
    tensors.add(new Tensor(role, layer, role.name(), type, rows, cols, data));
  }

  private static ModelFile model(ModelConfig config, List<Tensor> tensors) {
    return (ModelFile)
        Proxy.newProxyInstance(
            GoldenBytesTest.class.getClassLoader(),
            new Class<?>[] {ModelFile.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "config" -> config;
                  case "tensors" -> tensors;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static String hex(MemorySegment segment) {
    return HexFormat.of().formatHex(segment.toArray(ValueLayout.JAVA_BYTE));
  }

  private static String golden(String name) {
    try (InputStream in = GoldenBytesTest.class.getResourceAsStream("/golden/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.replace(" ", ""))
          .collect(Collectors.joining());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
