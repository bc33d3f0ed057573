package io.godwit.node.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process of this node uses; proc_pid_stat(5). */
record ProcessUsage(long cpuMillis, long memoryBytes) {
  static final ProcessUsage UNKNOWN = new ProcessUsage(0, 0);

  private static final long TICK_MILLIS = 10;
  private static final long PAGE_BYTES = 4096;

  // Fields after the command's closing bracket, the first being the state, field 3.
  private static final int UTIME = 11;
  private static final int STIME = 12;
  private static final int RSS = 21;

  static ProcessUsage of(int hostPid) {
    if (hostPid <= 0) {
      return UNKNOWN;
    }
    try {
      String stat = Files.readString(Path.of("/proc/" + hostPid + "/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return new ProcessUsage(
          (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * TICK_MILLIS,
          Long.parseLong(fields[RSS]) * PAGE_BYTES);
    } catch (IOException | RuntimeException ended) {
      return UNKNOWN;
    }
  }
}
