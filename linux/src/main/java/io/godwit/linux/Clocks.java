package io.godwit.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.godwit.core.Pid;
import io.godwit.core.Tid;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.TaskAbi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The kernel's clocks in nanoseconds, clock_gettime(2), as the calling thread sees them. */
public final class Clocks {
  private Clocks() {}

  /** Any clock by its number. */
  public static long nanos(int clock) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(TaskAbi.TIMESPEC);
      Native.call(Syscall.CLOCK_GETTIME, clock, clock, time.address(), 0);
      return time.get(JAVA_LONG, 0) * 1_000_000_000L + time.get(JAVA_LONG, 8);
    }
  }

  public static long monotonic() {
    return nanos(TaskAbi.CLOCK_MONOTONIC);
  }

  /** As monotonic, and goes on while the machine sleeps. */
  public static long boottime() {
    return nanos(TaskAbi.CLOCK_BOOTTIME);
  }

  /** Since 1970. */
  public static long realtime() {
    return nanos(TaskAbi.CLOCK_REALTIME);
  }

  /** Processor time that a process has used, of all its threads that are and were. */
  public static long processCpu(Pid pid) {
    // clock_getcpuclockid(3): the complement of the id above three bits of kind.
    return nanos(~pid.number() << 3 | 2);
  }

  public static long threadCpu(Tid tid) {
    return nanos(~tid.number() << 3 | 6);
  }
}
