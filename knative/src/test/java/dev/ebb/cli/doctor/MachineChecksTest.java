package dev.ebb.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.backend.BackendProvider;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineChecksTest {
  /** Keys and values of 32768 tokens of the default model. */
  private static final long ARENA_BYTES = 32_768L * 30 * 2 * 3 * 64 * 2;

  @TempDir Path folder;

  @Test
  void anArenaThatTheFunctionsWouldRefuseIsBroken() {
    Finding finding = MachineChecks.room(folder, ARENA_BYTES);
    assertEquals(Finding.Grade.BROKEN, finding.grade(), "the index needs room too");
    assertTrue(finding.text().contains(folder + " has only 755 MB free"), finding.text());
    assertTrue(finding.mend().contains("EBB_ARENA_DIR") && finding.mend().contains("EBB_KV_TOKENS"), finding.mend());
    assertEquals(Finding.Grade.OK, MachineChecks.room(folder, 800_000_000).grade());
  }

  @Test
  void theRoomIsThatOfTheFolderThatWillHoldIt() throws Exception {
    Finding finding = MachineChecks.arena(folder.resolve("not/there/yet"));
    boolean fits = folder.toFile().getUsableSpace() >= 800_000_000;
    assertEquals(fits ? Finding.Grade.OK : Finding.Grade.BROKEN, finding.grade());
  }

  @Test
  void aBackendThatFoundTheDiskFullIsNotToBeRebuilt() {
    BackendProvider provider = new BackendProvider() {
      @Override
      public String name() {
        return "cpu";
      }

      @Override
      public Availability availability() {
        return new Availability(false, "cannot copy the native library to /x/native: No space left on device");
      }

      @Override
      public Backend open(int threads) {
        throw new IllegalStateException("not asked for");
      }
    };
    Finding finding = InstallationChecks.backend(provider);
    assertEquals(Finding.Grade.BROKEN, finding.grade());
    assertTrue(finding.text().contains("/x/native"), finding.text());
    assertTrue(finding.mend().startsWith("make room on that disk"), finding.mend());
  }
}
