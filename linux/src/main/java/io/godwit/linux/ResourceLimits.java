package io.godwit.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.godwit.core.Pid;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.TaskAbi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Limits of a process: prlimit(2). Another user's process needs CAP_SYS_RESOURCE, even for root;
 * /proc/PID/limits can be read without.
 */
public final class ResourceLimits {
  private ResourceLimits() {}

  public static Limit get(Pid pid, Resource resource) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment old = arena.allocate(TaskAbi.RLIMIT);
      call(pid, resource, 0, old.address());
      return new Limit(old.get(JAVA_LONG, 0), old.get(JAVA_LONG, 8));
    }
  }

  /** Raising the hard limit needs CAP_SYS_RESOURCE. */
  public static void set(Pid pid, Resource resource, Limit limit) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment now = arena.allocate(TaskAbi.RLIMIT);
      now.set(JAVA_LONG, 0, limit.soft());
      now.set(JAVA_LONG, 8, limit.hard());
      call(pid, resource, now.address(), 0);
    }
  }

  private static void call(Pid pid, Resource resource, long now, long old) {
    Native.check(
        Kernel.call(Syscall.PRLIMIT64, pid.number(), resource.number(), now, old),
        Syscall.PRLIMIT64,
        pid + ", " + resource);
  }
}
