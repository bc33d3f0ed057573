package io.godwit.linux;

import io.godwit.core.Tid;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Syscall;
import java.util.Optional;

/** What can be asked of another thread from outside, by its id in this process's PID namespace. */
public final class ThreadState {
  private static final int MAX_AFFINITY = 1024;
  private static final int IOPRIO_WHO_PROCESS = 1;
  private static final ThreadLocal<NativeBuffer> BUFFER =
      ThreadLocal.withInitial(() -> NativeBuffer.allocate(MAX_AFFINITY));

  private ThreadState() {}

  /** A list of robust futexes (get_robust_list(2)). */
  public record RobustList(long head, long length) {}

  /** The robust list that the thread registered. */
  public static Optional<RobustList> robustList(Tid tid) {
    NativeBuffer buffer = BUFFER.get();
    LinuxException.check(
        Kernel.call(Syscall.GET_ROBUST_LIST, tid.number(), buffer.address(), buffer.address() + 8),
        Syscall.GET_ROBUST_LIST,
        "thread " + tid);
    long head = buffer.getLong(0);
    return head == 0 ? Optional.empty() : Optional.of(new RobustList(head, buffer.getLong(8)));
  }

  /** The CPU mask, as many bytes as the kernel has (sched_getaffinity(2)). */
  public static byte[] affinity(Tid tid) {
    NativeBuffer buffer = BUFFER.get();
    long size =
        LinuxException.check(
            Kernel.call(Syscall.SCHED_GETAFFINITY, tid.number(), MAX_AFFINITY, buffer.address()),
            Syscall.SCHED_GETAFFINITY,
            "thread " + tid);
    byte[] mask = new byte[(int) size];
    buffer.bytes().get(0, mask);
    return mask;
  }

  /** Class and level of ioprio_get(2), 0 for none. */
  public static int ioPriority(Tid tid) {
    return (int)
        LinuxException.check(
            Kernel.call(Syscall.IOPRIO_GET, IOPRIO_WHO_PROCESS, tid.number()),
            Syscall.IOPRIO_GET,
            "thread " + tid);
  }

  /** Nanoseconds that its sleeps may be longer (PR_SET_TIMERSLACK), 0 for real-time threads. */
  public static long timerSlack(Tid tid) {
    String path = "/proc/" + tid + "/timerslack_ns";
    return Long.parseLong(
        new String(Descriptors.readFile(path, 64), java.nio.charset.StandardCharsets.US_ASCII)
            .strip());
  }
}
