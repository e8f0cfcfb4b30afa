package dev.ebb.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.cli.Backends;
import dev.ebb.cli.LackingBackend;
import dev.ebb.engine.backend.BackendProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    Finding finding = InstallationChecks.backend(
        new LackingBackend("cpu", "cannot copy the native library to /x/native: No space left on device"), false);
    assertEquals(Finding.Grade.BROKEN, finding.grade());
    assertTrue(finding.text().contains("/x/native"), finding.text());
    assertTrue(finding.mend().startsWith("make room on that disk"), finding.mend());
  }

  @Test
  void nobodyMissesTheBackendOfAGpuThatIsNotThere() throws Exception {
    MachineChecks machine = new MachineChecks(folder);
    BackendProvider cuda = new LackingBackend("cuda", "this build of the native library has no backend named 'cuda'");
    assertEquals(Finding.Grade.OK, InstallationChecks.backend(cuda, machine.hasGpu()).grade());
    java.nio.file.Files.createDirectories(folder.resolve("driver/nvidia/gpus"));
    Finding finding = InstallationChecks.backend(cuda, machine.hasGpu());
    assertEquals(Finding.Grade.WARNING, finding.grade());
    assertEquals("make cuda-toolchain, then make build", finding.mend());
    BackendProvider old = new LackingBackend("cuda", "cuda: no device: NVIDIA's driver is for CUDA 12.4");
    assertTrue(InstallationChecks.backend(old, true).mend().contains("nvidia-smi"));
    assertEquals(Finding.Grade.WARNING, InstallationChecks.backend(new LackingBackend("cpu", "none"), false).grade());
  }

  @Test
  void theBackendThatIsAskedForMustBeThere() {
    List<BackendProvider> known = List.of(new LackingBackend("cuda", "no device"));
    Finding lacking = InstallationChecks.chosenBackend("cuda", known);
    assertEquals(Finding.Grade.BROKEN, lacking.grade());
    assertEquals("cuda cannot run here: no device", lacking.text());
    Finding unknown = InstallationChecks.chosenBackend("gpu", known);
    assertEquals(Finding.Grade.BROKEN, unknown.grade());
    assertEquals("use one of cuda, or leave it out", unknown.mend());
  }

  @Test
  void settingsThatFunctionsWouldRefuse() {
    BackendProvider cpu = Backends.named("cpu", Backends.known()).orElseThrow();
    Finding wrong = InstallationChecks.functionSettings(Map.of("EBB_TOKEN_BUDGET", "0"), cpu);
    assertEquals(Finding.Grade.BROKEN, wrong.grade());
    assertEquals("EBB_TOKEN_BUDGET=0 makes no sense; give a whole number from 1 to 1048576", wrong.text());
    assertEquals(Finding.Grade.OK, InstallationChecks.functionSettings(Map.of(), cpu).grade());
  }
}
