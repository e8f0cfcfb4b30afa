package dev.ebb.router.app.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.kv.KvLayout;
import dev.ebb.router.app.config.RouterSettings.PlatformKind;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterSettingsTest {
  private static final Map<String, String> LEAST =
      Map.of("ebb.model.path", "m.gguf", "ebb.dist", "dist", "ebb.run.dir", "run");

  @Test
  void defaultsAreThoseOfTheContract() {
    RouterSettings settings = read("ebb.x", "");
    assertEquals("smollm2-135m-instruct", settings.modelId());
    assertEquals(PlatformKind.LOCAL, settings.platform());
    assertEquals(60_000, settings.idleMs());
    assertEquals(64, settings.prefillThresholdTokens());
    assertEquals(600_000, settings.requestTimeoutMs());
    assertEquals(10_485_760, settings.bodyBytesMax());
    assertEquals(Math.max(10_485_760, Runtime.getRuntime().maxMemory() / 4), settings.heldBodyBytesMax());
    assertEquals(0, settings.scalerPort(), "no scaler");
  }

  /** As the functions read it: a type that is named, or what the backend takes by itself. */
  @ParameterizedTest
  @CsvSource({
    "ebb.x, '', F16",
    "ebb.backend, cuda, F16",
    "ebb.backend, reference, F32",
    "ebb.kv.type, '', F16",
    "ebb.kv.type, f16, F16",
    "ebb.kv.type, f32, F32",
    "ebb.kv.type, i8, I8",
  })
  void keysAndValuesAreOfTheTypeThatFunctionsTake(String name, String value, KvLayout.Type type) {
    assertEquals(type, read(name, value).kvType());
  }

  @ParameterizedTest
  @CsvSource({
    "ebb.idle.seconds, -1, EBB_IDLE_SECONDS",
    "ebb.idle.seconds, soon, EBB_IDLE_SECONDS",
    "ebb.prefill.threshold.tokens, 0, EBB_PREFILL_THRESHOLD_TOKENS",
    "ebb.request.timeout.seconds, 0, EBB_REQUEST_TIMEOUT_SECONDS",
    "ebb.max.body.bytes, 99999999999, EBB_MAX_BODY_BYTES",
    "ebb.max.held.body.bytes, 10485759, EBB_MAX_HELD_BODY_BYTES",
    "ebb.scaler.port, 65536, EBB_SCALER_PORT",
    "ebb.kv.type, i4, EBB_KV_TYPE",
    "ebb.kv.type, F16, EBB_KV_TYPE",
    "ebb.platform, cloud, EBB_PLATFORM",
    "ebb.platform, static, EBB_DECODE_URL",
    "ebb.decode.url, not an address, EBB_DECODE_URL",
    "ebb.decode.url, ftp://x, EBB_DECODE_URL",
    "ebb.model.path, '', EBB_MODEL_PATH",
    "ebb.dist, '', EBB_DIST",
    "ebb.run.dir, '', EBB_RUN_DIR",
  })
  void aWrongSettingIsNamedAsItWasSet(String name, String value, String variable) {
    SettingsException thrown = assertThrows(SettingsException.class, () -> read(name, value));
    assertTrue(thrown.getMessage().contains(variable), thrown::getMessage);
  }

  private static RouterSettings read(String name, String value) {
    Map<String, String> values = new HashMap<>(LEAST);
    values.put(name, value);
    return RouterSettings.from(new SmallRyeConfigBuilder()
        .withSources(new PropertiesConfigSource(values, "test", 100)).build());
  }
}
