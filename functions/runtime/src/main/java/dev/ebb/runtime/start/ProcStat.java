package dev.ebb.runtime.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the kernel says of a process in {@code /proc/<pid>/stat} (see proc(5)).
 *
 * @param state a letter, Z for one that has ended and was not waited for
 * @param startTicks hundredths of a second from the machine's start to the process's
 */
record ProcStat(String state, long startTicks) {
  private static final int STATE = 0;
  private static final int START = 19;

  /**
   * @param pid a process id, or {@code self}
   * @throws IOException when there is no such process, or no /proc
   */
  static ProcStat read(String pid) throws IOException {
    String line = Files.readString(Path.of("/proc", pid, "stat"));
    // The command name, in parentheses, may hold spaces; the state is the first field after it.
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
    return new ProcStat(fields[STATE], Long.parseLong(fields[START]));
  }
}
