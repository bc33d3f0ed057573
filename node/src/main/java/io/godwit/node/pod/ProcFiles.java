package io.godwit.node.pod;

import io.godwit.core.Pid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The few facts of {@code /proc} that this room needs of a process; 0 where it has ended. */
final class ProcFiles {
  /** starttime is field 22; fields are counted from after the command's closing parenthesis. */
  private static final int START_AFTER_COMMAND = 19;

  private ProcFiles() {}

  /** When it was started, in clock ticks since boot. */
  static long startTime(Pid pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Long.parseLong(fields[START_AFTER_COMMAND]);
    } catch (IOException | IndexOutOfBoundsException ended) {
      return 0;
    }
  }

  /** Its number in the innermost PID namespace that it belongs to. */
  static int podPid(Pid pid) {
    String numbers = statusLine(pid, "NSpid:");
    if (numbers.isEmpty()) {
      return 0;
    }
    String[] each = numbers.split("\\s+");
    return Integer.parseInt(each[each.length - 1]);
  }

  /** What follows a word in {@code /proc/PID/status}, or nothing. */
  static String statusLine(Pid pid, String word) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        if (line.startsWith(word)) {
          return line.substring(word.length()).trim();
        }
      }
    } catch (IOException ended) {
      return "";
    }
    return "";
  }
}
