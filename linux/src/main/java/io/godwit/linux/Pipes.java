package io.godwit.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Pipes: pipe2(2), their capacity, and moving bytes between them without a copy. */
public final class Pipes {
  private Pipes() {}

  /** Both ends of a pipe. Who owns them closes them. */
  public record Ends(Fd read, Fd write) {}

  /**
   * pipe2(2), close-on-exec.
   *
   * @param flags O_NONBLOCK and O_DIRECT (packets) or 0
   */
  public static Ends create(int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      Native.call(Syscall.PIPE2, flags, ends.address(), flags | FileAbi.O_CLOEXEC, 0);
      return new Ends(new Fd(ends.getAtIndex(JAVA_INT, 0)), new Fd(ends.getAtIndex(JAVA_INT, 1)));
    }
  }

  /** Bytes that the pipe holds at most, F_GETPIPE_SZ. */
  public static int capacity(Fd end) {
    return (int) Descriptors.control(end, FileAbi.F_GETPIPE_SZ, 0);
  }

  /**
   * F_SETPIPE_SZ; the kernel rounds up to pages. EPERM above /proc/sys/fs/pipe-max-size without
   * CAP_SYS_RESOURCE.
   *
   * @return the capacity it has now
   */
  public static int setCapacity(Fd end, int bytes) {
    return (int) Descriptors.control(end, FileAbi.F_SETPIPE_SZ, bytes);
  }

  /**
   * tee(2) without waiting: copies what one pipe holds into another, and leaves it in the first.
   *
   * @return bytes copied, 0 when the first is empty
   */
  public static long tee(Fd from, Fd to, int bytes) {
    return moved(
        Kernel.call(Syscall.TEE, from.number(), to.number(), bytes, FileAbi.SPLICE_F_NONBLOCK),
        Syscall.TEE,
        from + " to " + to);
  }

  /**
   * splice(2) without waiting for the pipe; one of the two is a pipe.
   *
   * @return bytes moved, 0 at the end or when nothing can be moved now
   */
  public static long splice(Fd from, Fd to, int bytes) {
    return moved(
        Kernel.call(
            Syscall.SPLICE,
            from.number(),
            0,
            to.number(),
            0,
            bytes,
            FileAbi.SPLICE_F_MOVE | FileAbi.SPLICE_F_NONBLOCK),
        Syscall.SPLICE,
        from + " to " + to);
  }

  private static long moved(long result, Syscall call, String on) {
    return result == -Errno.EAGAIN.number() ? 0 : Native.check(result, call, on);
  }
}
