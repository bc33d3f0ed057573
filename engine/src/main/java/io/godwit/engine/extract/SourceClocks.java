package io.godwit.engine.extract;

import io.godwit.core.Pid;
import io.godwit.image.Clocks;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.TimeOffsets;

/** The clocks as a process sees them, in its time namespace. */
public final class SourceClocks {
  private static final int CLOCK_REALTIME = 0;
  private static final int CLOCK_MONOTONIC = 1;
  private static final int CLOCK_BOOTTIME = 7;

  private SourceClocks() {}

  /** Now. */
  public static Clocks of(Pid hostPid) {
    TimeOffsets theirs = offsets(ProcFs.host().process(hostPid).directory());
    TimeOffsets ours = offsets("/proc/self");
    return new Clocks(
        read(CLOCK_REALTIME),
        read(CLOCK_MONOTONIC) - ours.monotonicNanos() + theirs.monotonicNanos(),
        read(CLOCK_BOOTTIME) - ours.boottimeNanos() + theirs.boottimeNanos());
  }

  /** None where the kernel has no time namespaces. */
  private static TimeOffsets offsets(String directory) {
    try {
      return new io.godwit.linux.proc.ProcTask(directory).timeOffsets();
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        return new TimeOffsets(0, 0);
      }
      throw e;
    }
  }

  private static long read(int clock) {
    NativeBuffer time = NativeBuffer.allocate(16);
    LinuxException.check(
        Kernel.call(Syscall.CLOCK_GETTIME, clock, time.address()),
        Syscall.CLOCK_GETTIME,
        "clock " + clock);
    return time.getLong(0) * 1_000_000_000L + time.getLong(8);
  }
}
