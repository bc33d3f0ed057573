package io.godwit.node.pod;

import io.godwit.core.Pid;
import io.godwit.linux.LinuxException;
import io.godwit.linux.proc.ProcFs;

/** The few facts of {@code /proc} that this room needs of a process; 0 where it has ended. */
final class ProcFiles {
  private ProcFiles() {}

  /** When it was started, in clock ticks since boot. */
  static long startTime(Pid pid) {
    try {
      return ProcFs.host().process(pid).stat().startTime();
    } catch (LinuxException ended) {
      return 0;
    }
  }

  /** Its number in the innermost PID namespace that it belongs to. */
  static int podPid(Pid pid) {
    try {
      return ProcFs.host().process(pid).status().processIds().getLast();
    } catch (LinuxException ended) {
      return 0;
    }
  }
}
