package dev.ebb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.ebb.cli.server.RouterLaunch;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
  private final Map<String, String> env = new HashMap<>();
  @TempDir Path folder;

  @BeforeEach
  void home() {
    env.put("EBB_HOME", folder.toString());
    env.put("EBB_DIST", folder.resolve("dist").toString());
  }

  private CommandRun run(String... arguments) {
    return CommandRun.of(env, arguments);
  }

  private void refused(String message, String... arguments) {
    CommandRun run = run(arguments);
    assertEquals(1, run.status(), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertTrue(run.err().startsWith("ebb: "), run.err());
    assertFalse(run.err().contains("\tat "), "no stack trace");
  }

  @Test
  void helpAndVersion() {
    CommandRun help = run("--help");
    assertEquals(0, help.status());
    assertTrue(help.out().contains("or the functions on a cluster.") 
        && help.out().contains("installation, or a cluster."), "whole sentences alone: " + help.out());
    for (String command : new String[] {"up", "model", "chat", "generate", "status", "doctor", "render",
        "version"}) {
      assertTrue(help.out().contains("  " + command + " "), command);
    }
    for (String command : new String[] {"up", "model", "chat", "generate", "status", "doctor", "render",
        "version"}) {
      CommandRun one = run(command, "--help");
      assertEquals(0, one.status(), one.err());
      assertTrue(one.out().startsWith("Usage: ebb " + command), one.out());
    }
    assertTrue(run("model", "pull", "--help").out().startsWith("Usage: ebb model pull"));
    assertTrue(run("version").out().matches("(?s)ebb \\d.*java 2\\d.*"));
  }

  @Test
  void wrongUsageEndsWithTwo() {
    assertEquals(2, run().status());
    assertEquals(2, run("model").status());
    assertEquals(2, run("up", "--nonsense").status());
    assertEquals(2, run("up", "--port", "http").status());
    assertEquals(2, run("generate").status());
    assertEquals("ebb: Unknown option: '--nonsense'\nsee: ebb up --help\n", run("up", "--nonsense").err());
    assertEquals("ebb: which of pull, list, rm, path, inspect?\nsee: ebb model --help\n", run("model").err());
    assertTrue(run().err().endsWith("\nsee: ebb --help\n") && run().err().contains("up, model, chat"), run().err());
  }

  @Test
  void badInputSaysWhatToDo() throws Exception {
    Path file = Files.writeString(folder.resolve("m.gguf"), "no model");
    refused("'99999' is no port; give a number from 1 to 65535", "up", "--port", "99999");
    refused("--idle 0 makes no sense", "up", "--idle", "0");
    refused("--threads -1 makes no sense", "up", "--threads", "-1");
    refused("--threads 9999 makes no sense; give 1 to 4096", "up", "--threads", "9999");
    refused("--backend gpu is not there; use one of cpu, reference, cuda", "up", "--backend", "gpu");
    refused("no model 'nope'; known are", "up", "--model", "nope");
    refused("no model file at /no/such.gguf", "up", "--model", "/no/such.gguf");
    refused("router/quarkus-run.jar is missing; run make build", "up", "--port", "1999", "--model", file.toString());
    refused("--as A/B is no id", "model", "pull", file.toString(), "--as", "A/B");
    for (String id : new String[] {".", "..", "-x", "_x"}) {
      refused("--as " + id + " is no id", "model", "pull", file.toString(), "--as=" + id);
      refused("'" + id + "' is no id", "model", "rm", "--", id);
    }
    refused("--as '' is no id", "model", "pull", file.toString(), "--as", "");
    refused("'' is no id", "model", "rm", "");
    refused("'a/../..' is no id", "model", "path", "a/../..");
    refused("no model 'x' in the cache", "model", "rm", "x");
    refused("no model 'x' in the cache", "model", "path", "x");
    refused("no model 'x' in the cache", "model", "inspect", "x");
    refused("m.gguf", "model", "inspect", file.toString());
    refused("pull it first", "model", "inspect", "hf://a/b/c.gguf");
    refused("no router answers at http://127.0.0.1:1", "status", "--url", "http://127.0.0.1:1");
    refused("no router answers at http://127.0.0.1:1", "generate", "hi", "--url", "http://127.0.0.1:1");
    refused("'127.0.0.1:1' is no address", "generate", "hi", "--url", "127.0.0.1:1");
    refused("the prompt is empty", "generate", "-");
  }

  @Test
  void aLogLevelThatIsNoneIsTold() {
    env.put("EBB_LOG_LEVEL", "LOUD");
    refused("EBB_LOG_LEVEL=LOUD makes no sense; give one of OFF, FATAL, ERROR, WARN, INFO, DEBUG, TRACE, ALL", "up",
        "--port", "1999");
  }

  @Test
  void aBackendThatCannotRunIsNamedOnlyWhereARouterIsToBeStarted() {
    assumeFalse(Files.isDirectory(Path.of("/proc/driver/nvidia/gpus")), "here it might run");
    env.put("EBB_BACKEND", "cuda");
    refused("EBB_BACKEND=cuda cannot run here: ", "up", "--port", "1999");
    refused("no router answers at http://127.0.0.1:1", "generate", "hi", "--url", "http://127.0.0.1:1");
  }

  @Test
  void aWrongPortInTheEnvironmentIsNamed() {
    env.put("EBB_PORT", "eighty");
    refused("'eighty' is no port", "up");
  }

  @Test
  void settingsOfTheEnvironmentAreCheckedAtTheStart() {
    for (String command : new String[] {"up", "chat", "generate"}) {
      String[] words = command.equals("generate") ? new String[] {command, "hi"} : new String[] {command};
      for (String wrong : new String[] {"EBB_THREADS=0", "EBB_IDLE_SECONDS=abc", "EBB_BACKEND=gpu"}) {
        String[] setting = wrong.split("=");
        env.put(setting[0], setting[1]);
        refused(wrong, words);
        env.remove(setting[0]);
      }
    }
  }

  @Test
  void aSettingThatThereIsNotIsWarnedOf() {
    env.put("EBB_THREAD", "2");
    env.put("EBB_PYTHON", "python3");
    CommandRun run = run("up", "--model", "nope", "--port", "1997");
    assertTrue(run.err().startsWith("warning: EBB_THREAD is no setting of Ebb; did you mean EBB_THREADS?\nebb: "),
        run.err());
  }

  @Test
  void aHostThatIsNotThisMachineIsNamedWithItsSetting() {
    env.put("EBB_HOST", "nohost.invalid");
    refused("host 'nohost.invalid': it is not known here; give one of this machine's addresses with --host", "up");
    refused("host 'nohost.invalid': it is not known here", "chat");
    refused("EBB_HOST", "up");
    refused("host '192.0.2.1': it is no address of this machine", "up", "--host", "192.0.2.1");
  }

  @Test
  void aHomeThatCannotBeWrittenIsNamed() throws Exception {
    Path model = TinyGguf.write(folder.resolve("tiny.gguf"));
    for (String home : new String[] {"/proc/nowhere", model.toString()}) {
      env.put("EBB_HOME", home);
      CommandRun run = run("model", "pull", model.toString());
      assertEquals(1, run.status());
      assertTrue(run.err().contains("ebb: cannot write " + home), run.err());
      assertTrue(run.err().endsWith("); set EBB_HOME to a folder that can be written\n"), run.err());
    }
  }

  @Test
  void addressesAreWrittenSoThatTheyCanBeCalled() {
    for (String host : new String[] {"::1", "[::1]", "::"}) {
      refused("no router answers at http://[::1]:1;", "status", "--host", host, "--port", "1");
      assertEquals("http://[::1]:1", RouterLaunch.url(host, 1));
    }
    refused("no router answers at http://[fe80::1]:1;", "status", "--host", "fe80::1", "--port", "1");
    refused("no router answers at http://127.0.0.1:1;", "status", "--host", "0.0.0.0", "--port", "1");
    RouterLaunch spec = new RouterLaunch(folder, folder, false, "::1", 8080, "m", folder, "", Map.of());
    assertEquals("http://[::1]:8080", spec.url());
    env.put("EBB_HOST", "::1");
    CommandRun doctor = run("doctor", "--port", "1998");
    assertTrue(doctor.out().contains("port 1998"), doctor.err());
  }

  @Test
  void aTakenPortIsNamedWithTheWayOut() throws Exception {
    Path file = Files.writeString(folder.resolve("m.gguf"), "no model");
    try (ServerSocket other = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
      String port = Integer.toString(other.getLocalPort());
      refused("cannot listen on 127.0.0.1:" + port, "up", "--port", port, "--model", file.toString());
      refused("choose another port with --port N or EBB_PORT=N", "up", "--port", port, "--model", file.toString());
      refused("cannot listen on 127.0.0.1:" + port, "up", "--port", port, "--model", "a-model-to-be-fetched");
    }
  }

  @Test
  void debugShowsTheTrace() {
    env.put("EBB_DEBUG", "1");
    assertTrue(run("model", "rm", "x").err().contains("\tat "));
  }

  @Test
  void pullsListsAndRemovesALocalModel() throws Exception {
    Path file = TinyGguf.write(folder.resolve("Some.gguf"), "mamba");
    CommandRun pull = run("model", "pull", file.toString());
    assertEquals(0, pull.status(), pull.err());
    assertTrue(pull.err().contains("warning: this version of Ebb cannot run it"), pull.err());
    assertTrue(run("model", "list").out().contains("some "));
    assertEquals(folder.resolve("models/some.gguf").toString(), run("model", "path", "some").out().strip());
    assertEquals(0, run("model", "rm", "some").status());
    assertFalse(run("model", "list").out().contains("some "));
  }

  @Test
  void aFileThatIsNoModelIsNotPulled() throws Exception {
    refused("nothing was put into the cache", "model", "pull",
        Files.writeString(folder.resolve("letter.gguf"), "Dear all").toString());
    refused("neither a GGUF file nor", "model", "pull", Files.writeString(folder.resolve("x"), "?").toString());
    assertFalse(Files.exists(folder.resolve("models")));
  }

  @Test
  void whatTheFunctionsKeptOfAModelGoesWithIt() throws Exception {
    Path file = TinyGguf.write(folder.resolve("some.gguf"));
    run("model", "pull", file.toString());
    String fingerprint = run("model", "inspect", "some").out().replaceFirst("(?s).*fingerprint +(\\w+).*", "$1");
    Path arena = Files.createDirectories(folder.resolve("run/8080/arena"));
    Path own = Files.writeString(arena.resolve(fingerprint.substring(0, 16) + "-f16.kv"), "keys");
    Path others = Files.writeString(arena.resolve("0123456789abcdef-f16.kv"), "keys");
    CommandRun run = run("model", "rm", "some");
    assertTrue(run.out().contains("removed its keys and values, " + own), run.out());
    assertFalse(Files.exists(own));
    assertTrue(Files.exists(others));
  }

  @Test
  void inspectTellsWhatAModelFileHolds() throws Exception {
    Path file = TinyGguf.write(folder.resolve("tiny.gguf"));
    CommandRun run = run("model", "inspect", file.toString());
    assertEquals(0, run.status(), run.err());
    for (String line : new String[] {
        "file                 " + file, "architecture         llama", "name                 Tiny of the tests",
        "heads                2 (1 for keys and values) of 16", "vocabulary           4",
        "kind                 BYTE_LEVEL_BPE, gpt-2", "merges               1", "end                  3 <end>",
        "llama.context_length                     64", "tokenizer.ggml.tokens                    4 values",
        "{{ messages[0].content }}", "token_embd.weight                Q8_0  [4, 32]",
        "blk.0.ffn_down.weight            F16   [32, 64]", "blk.0.attn_norm.weight           F32   [32]"}) {
      assertTrue(run.out().contains("\n  " + line + "\n"), line + " in\n" + run.out());
    }
    assertTrue(run.out().contains("\nTensors: 11 {F32=3, F16=7, Q8_0=1}\n"), run.out());
    assertFalse(run.out().contains("tokenizer.chat_template"), "the template is shown once");
  }

  @Test
  void doctorNamesWhatIsBrokenAndItsMend() {
    CommandRun run = run("doctor", "--port", "1998");
    assertEquals(1, run.status());
    assertTrue(run.out().contains("lacks router, prefill, decode"), run.out());
    assertTrue(run.out().contains("mend: run make build"), run.out());
    assertTrue(run.out().contains("mend: ebb model pull fetches it"), run.out());
    assertTrue(run.out().contains("port 1998"), run.out());
  }
}
