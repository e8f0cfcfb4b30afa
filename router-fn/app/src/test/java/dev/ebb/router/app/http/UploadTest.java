package dev.ebb.router.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.ebb.router.app.testing.Client;
import dev.ebb.router.app.testing.Fakes;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bodies that take their time: they count while they come, and none comes for ever. Of four million bytes in all. */
@QuarkusTest
@TestProfile(LargeBodyTest.Profile.class)
class UploadTest {
  private static final int LARGE = 2_500_000;
  private static final String LARGE_BODY = "{'prompt': 'abc'" + " ".repeat(LARGE) + "}";

  @BeforeEach
  void reset() {
    Fakes.reset();
  }

  /** A connection on which a request is written by hand. */
  private static final class Upload implements AutoCloseable {
    private final Socket socket = new Socket("127.0.0.1", Client.port());

    Upload(String length) throws IOException {
      socket.setSoTimeout(20_000);
      write("POST /v1/completions HTTP/1.1\r\nhost: ebb\r\ncontent-type: application/json\r\n" + length + "\r\n\r\n");
    }

    static Upload announced(int bytes) throws IOException {
      return new Upload("content-length: " + bytes);
    }

    static Upload chunked() throws IOException {
      return new Upload("transfer-encoding: chunked");
    }

    void write(String text) throws IOException {
      socket.getOutputStream().write(text.replace('\'', '"').getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
    }

    void chunk(String text) throws IOException {
      write(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    int status() throws IOException {
      InputStream in = socket.getInputStream();
      String line = new String(in.readNBytes("HTTP/1.1 200".length()), StandardCharsets.US_ASCII);
      return Integer.parseInt(line.substring(line.length() - 3));
    }

    /** All that comes until the connection ends. */
    String answer() throws IOException {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** A byte each 100 ms, as often or until the connection ends. */
    void trickle(int times) {
      try {
        for (int i = 0; i < times; i++) {
          write(" ");
          Thread.sleep(100);
        }
      } catch (IOException | InterruptedException e) {
        // The other side has had enough.
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static void awaitHeld(LongPredicate enough) throws InterruptedException {
    double held = 0;
    for (int i = 0; i < 200; i++) {
      held = Client.metric("ebb_held_body_bytes{model=\"tiny\"}");
      if (enough.test((long) held)) {
        return;
      }
      Thread.sleep(50);
    }
    fail("still " + held);
  }

  private static int large() {
    return Client.post("/v1/completions", LARGE_BODY).status();
  }

  @AfterEach
  void allIsGivenBack() throws InterruptedException {
    awaitHeld(held -> held == 0);
    assertEquals(200, large());
  }

  @Test
  void aBodyCountsAsItComes() throws Exception {
    try (Upload upload = Upload.announced(LARGE)) {
      upload.write(LARGE_BODY.substring(0, LARGE - 100));
      awaitHeld(held -> held == LARGE - 100);
      assertEquals(429, large());
      assertEquals(200, Client.post("/v1/completions", "{'prompt': 'abc'}").status(), "a small one has room");
    }
  }

  @Test
  void aBodyWithoutALengthCountsToo() throws Exception {
    try (Upload upload = Upload.chunked()) {
      upload.chunk("{'prompt': 'abc'");
      awaitHeld(held -> held > 0);
      assertEquals(200, large());
      upload.chunk(" ".repeat(LARGE));
      awaitHeld(held -> held > LARGE);
      assertEquals(429, large());
      upload.chunk("}");
      upload.write("0\r\n\r\n");
      assertEquals(200, upload.status());
    }
  }

  @Test
  void theOneThatIsTooMuchIsRefusedWhileItComes() throws Exception {
    try (Upload first = Upload.announced(LARGE); Upload second = Upload.chunked()) {
      first.write(LARGE_BODY.substring(0, LARGE - 100));
      awaitHeld(held -> held == LARGE - 100);
      second.chunk(" ".repeat(LARGE));
      assertEquals(429, second.status());
    }
  }

  /** Its connection serves the next request, once the body that was refused has passed. */
  @Test
  void whoIsRefusedAtItsHeadMayAskAgainOnItsConnection() throws Exception {
    try (Upload first = Upload.announced(LARGE)) {
      first.write(LARGE_BODY.substring(0, LARGE - 100));
      awaitHeld(held -> held == LARGE - 100);
      try (Upload refused = Upload.announced(LARGE)) {
        assertEquals(429, refused.status());
        refused.write(LARGE_BODY.substring(0, LARGE));
        refused.write("POST /tokenize HTTP/1.1\r\nhost: ebb\r\nconnection: close\r\ncontent-length: 16\r\n\r\n"
            + "{'prompt':'abc'}");
        String answers = refused.answer();
        assertTrue(answers.contains("HTTP/1.1 200 ") && answers.contains("\"count\":"), answers);
      }
    }
  }

  @Test
  void headsWithoutBodiesShutNobodyOut() throws Exception {
    List<Upload> idle = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      idle.add(Upload.announced(LARGE));
    }
    assertEquals(200, large());
    for (Upload upload : idle) {
      upload.close();
    }
  }

  @Test
  void aBodyThatComesToAHaltIsGivenUp() throws Exception {
    try (Upload announced = Upload.announced(LARGE); Upload chunked = Upload.chunked()) {
      chunked.chunk("{");
      assertTrue(announced.answer().contains("Nothing more of the request's body came for 2 s."));
      assertTrue(chunked.answer().contains("Nothing more of the request's body came for 2 s."));
    }
  }

  @Test
  void aBodyThatComesForTooLongIsGivenUp() throws Exception {
    try (Upload slow = Upload.announced(LARGE)) {
      Thread.ofVirtual().start(() -> slow.trickle(60));
      String answer = slow.answer();
      assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
      assertTrue(answer.contains("did not come to its end within 4 s (EBB_REQUEST_TIMEOUT_SECONDS)"), answer);
    }
  }

  /** What follows the refusal of a head is not another request. */
  @Test
  void aBodyOfAnUnknownCodingEndsTheConnection() throws Exception {
    String next = "GET /v1/models HTTP/1.1\r\nhost: ebb\r\n\r\n";
    for (String[] one : new String[][] {{"xchunked", next}, {"gzip, chunked", "0\r\n\r\n" + next}}) {
      try (Upload smuggled = new Upload("transfer-encoding: " + one[0])) {
        smuggled.write(one[1]);
        String answer = smuggled.answer();
        assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
        assertTrue(answer.contains("unsupported_transfer_encoding"), answer);
        assertEquals(1, answer.split("HTTP/1.1 ", -1).length - 1, answer);
      }
    }
    try (Upload gzip = new Upload("content-encoding: gzip\r\ncontent-length: 2")) {
      gzip.write("{}");
      assertEquals(415, gzip.status());
    }
  }

  @Test
  void whoIsRefusedAndSendsOnIsCutOff() throws Exception {
    try (Upload huge = Upload.announced(2_000_000_000)) {
      Thread.ofVirtual().start(() -> huge.trickle(300));
      assertTrue(huge.answer().startsWith("HTTP/1.1 413 "));
    }
  }
}
