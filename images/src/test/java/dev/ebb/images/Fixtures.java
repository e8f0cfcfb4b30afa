package dev.ebb.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The settings with which the tests start programs, those of rendered pods where it matters. */
final class Fixtures {
  private Fixtures() {}

  /** A new folder for the store of keys and values that the images' user may write. */
  static String arena(Path work) throws IOException, InterruptedException {
    Path arena = Files.createTempDirectory(work, "arena");
    Exec.run(List.of("chown", Program.USER + ":" + Program.USER, arena.toString()));
    return arena.toString();
  }

  static Map<String, String> decode(Served at, String models) {
    return Map.of("PORT", Integer.toString(at.port()), "QUARKUS_HTTP_HOST", "127.0.0.1", "EBB_MODEL_ID", "m",
        "EBB_MODEL_PATH", models + "/" + Machine.model().getFileName(), "EBB_KV_TOKENS", "4096");
  }

  static Map<String, String> router(Served at, Served decode, String models) {
    return Map.of("EBB_PORT", Integer.toString(at.port()), "EBB_HOST", "127.0.0.1", "EBB_MODEL_ID", "m",
        "EBB_MODEL_PATH", models + "/" + Machine.model().getFileName(), "EBB_KV_TOKENS", "4096", "EBB_PLATFORM",
        "static", "EBB_PREFILL_THRESHOLD_TOKENS", Integer.toString(Integer.MAX_VALUE), "EBB_DECODE_URL", decode.url(),
        "EBB_PREFILL_URL", decode.url());
  }
}
