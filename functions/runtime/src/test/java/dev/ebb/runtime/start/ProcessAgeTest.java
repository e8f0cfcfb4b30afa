package dev.ebb.runtime.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class ProcessAgeTest {
  @Test
  void isAtLeastTheAgeOfTheVirtualMachine() {
    double before = ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
    double age = ProcessAge.seconds();
    assertTrue(age >= before - 0.02, age + " s, but the virtual machine is " + before + " s old");
  }

  @Test
  void whoeverAsksIsRunning() throws IOException {
    assertEquals("R", ProcStat.read("thread-self").state(), "it runs: it is the one that asks");
  }
}
