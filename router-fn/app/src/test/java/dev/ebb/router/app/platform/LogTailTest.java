package dev.ebb.router.app.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailTest {
  @TempDir private Path folder;

  private String reason(String text, long from) throws IOException {
    return LogTail.reason(Files.writeString(folder.resolve("decode.log"), text), from);
  }

  @Test
  void theFunctionsOwnSentenceCountsBeforeItsLastError() throws IOException {
    assertEquals("cannot start: no model", reason("x\n12:00 ERROR cannot start: no model\nERROR later\n", 0));
    assertEquals("ERROR later", reason("x\n12:00 ERROR first\n12:01 ERROR later\nlast\n", 0));
    assertEquals("last", reason("first\nlast\n\n", 0));
  }

  @Test
  void javaSaysFirstWhatIsWrongAndLastThatSomethingIs() throws IOException {
    assertEquals("Unrecognized option: -Xnonsense", reason("Unrecognized option: -Xnonsense\n"
        + "Error: Could not create the Java Virtual Machine.\nError: A fatal exception has occurred.\n", 0));
  }

  /** As by who rotates logs while the function runs: it was longer when the function started. */
  @Test
  void aLogThatWasCutIsReadFromItsBeginning() throws IOException {
    assertEquals("last", reason("first\nlast\n", 1_000_000));
    assertEquals("it wrote nothing to " + folder.resolve("decode.log"), reason("", 17));
  }

  @Test
  void whatWasThereBeforeDoesNotCount() throws IOException {
    assertEquals("new", reason("old ERROR\nnew\n", "old ERROR\n".length()));
  }
}
