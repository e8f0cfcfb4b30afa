package dev.ebb.decode;

import dev.ebb.runtime.start.InFlight;
import dev.ebb.runtime.testing.FunctionClient;
import dev.ebb.runtime.testing.TinyModelResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import jakarta.inject.Inject;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A decode function with the tiny model; each test leaves it healthy, idle and without held blocks. */
@QuarkusTestResource(TinyModelResource.class)
abstract class DecodeTest {
  @TestHTTPResource("/")
  URI url;

  @Inject InFlight inFlight;

  FunctionClient function;

  @BeforeEach
  void connect() {
    function = new FunctionClient(url);
    function.awaitReady();
  }

  @AfterEach
  void leavesNothingBehind() {
    function.awaitIdle();
    FunctionClient.await("the end of every request", () -> inFlight.requests() == 0);
  }
}
