package io.godwit.linux;

import io.godwit.core.Pid;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.SocketAbi;
import io.godwit.linux.abi.Syscall;
import java.time.Duration;

/** Descriptors of processes: pidfd_open(2), pidfd_getfd(2), pidfd_send_signal(2). */
public final class Pidfds {
  private Pidfds() {}

  /** A descriptor that means this very process, also when its number is used again. */
  public static Fd open(Pid pid) {
    return new Fd((int) Native.call(Syscall.PIDFD_OPEN, pid, pid.number(), 0, 0));
  }

  /**
   * A descriptor of this process for the open file that {@code number} means there. Needs the
   * permission to ptrace it.
   *
   * @param number the descriptor in that process
   */
  public static Fd get(Fd pidfd, Fd number) {
    return new Fd(
        (int)
            Native.call(
                Syscall.PIDFD_GETFD, number + " of " + pidfd, pidfd.number(), number.number(), 0));
  }

  /** Opens the process and takes one descriptor. */
  public static Fd get(Pid pid, Fd number) {
    try (OwnedFd pidfd = OwnedFd.of(open(pid))) {
      return get(pidfd.fd(), number);
    }
  }

  public static void signal(Fd pidfd, int signal) {
    Native.check(
        Kernel.call(Syscall.PIDFD_SEND_SIGNAL, pidfd.number(), signal, 0, 0),
        Syscall.PIDFD_SEND_SIGNAL,
        "signal " + signal + " to " + pidfd);
  }

  /** Whether the process has ended; it may be a zombie. */
  public static boolean hasEnded(Fd pidfd) {
    return awaitEnd(pidfd, Duration.ZERO);
  }

  /** Waits until the process has ended; false when it still runs after that time. */
  public static boolean awaitEnd(Fd pidfd, Duration atMost) {
    return Poll.await(pidfd, SocketAbi.POLLIN, atMost) != 0;
  }
}
