package io.godwit.linux.launch;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** The clocks of this process and what its time namespace adds to them. */
public final class HostClocks {
  private static final int CLOCK_MONOTONIC = 1;
  private static final int CLOCK_BOOTTIME = 7;
  private static final long SECOND = 1_000_000_000L;

  private HostClocks() {}

  /** What a time namespace adds, in nanoseconds. */
  public record Offsets(long monotonicNanos, long bootNanos) {}

  public static long monotonicNanos() {
    return read(CLOCK_MONOTONIC);
  }

  /** Like the monotonic clock, and goes on while the machine sleeps. */
  public static long bootNanos() {
    return read(CLOCK_BOOTTIME);
  }

  /** The offsets of this process's own time namespace; zero where the kernel has none. */
  public static Offsets ownOffsets() {
    long monotonic = 0;
    long boot = 0;
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/timens_offsets"))) {
        String[] words = line.trim().split("\\s+");
        if (words.length == 3) {
          long nanos = Long.parseLong(words[1]) * SECOND + Long.parseLong(words[2]);
          if (words[0].equals("monotonic")) {
            monotonic = nanos;
          } else if (words[0].equals("boottime")) {
            boot = nanos;
          }
        }
      }
    } catch (IOException noTimeNamespaces) {
      return new Offsets(0, 0);
    }
    return new Offsets(monotonic, boot);
  }

  private static long read(int clock) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(JAVA_LONG, 2);
      FdCalls.checked(
          Kernel.call(Syscall.CLOCK_GETTIME, clock, time.address()),
          Syscall.CLOCK_GETTIME,
          "clock " + clock);
      return time.get(JAVA_LONG, 0) * SECOND + time.get(JAVA_LONG, 8);
    }
  }
}
