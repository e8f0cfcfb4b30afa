package dev.ebb.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebb.events.EventTypes;
import dev.ebb.events.Work;
import dev.ebb.runtime.testing.FunctionClient;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A caller who stays but does not read: it neither stops the engine nor fills the memory. */
@QuarkusTest
@TestProfile(SlowReaderTest.FewEvents.class)
class SlowReaderTest extends DecodeTest {
  /** A limit that the test reaches soon. */
  public static final class FewEvents implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of("ebb.stream.events-max", "256");
    }
  }

  @Test
  void aReaderThatIsTooSlowIsCutOff() throws Exception {
    double before = function.finished("abort");
    // Events of some kilobytes each soon fill what the kernel keeps for a reader that does not read.
    Work wordy = FunctionClient.work("sleeper", "zzz",
        FunctionClient.greedy(3500).n(4).logprobs(20).build(), null);
    try (Socket socket = function.open(wordy, true)) {
      FunctionClient.await("the cancelled request", () -> function.finished("abort") > before);
      function.awaitIdle();
      assertEquals(200,
          function.post(EventTypes.DECODE_REQUESTED, FunctionClient.work("next", "still here", 3)).statusCode());
    }
  }
}
