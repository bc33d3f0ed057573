package io.godwit.linux.launch;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.godwit.core.Pid;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalInt;

/**
 * Processes by pidfd (pidfd_open(2)): a handle that never comes to mean another process, unlike a
 * number.
 */
public final class ProcessHandles {
  private static final int SIGINFO_BYTES = 128;
  private static final int SI_QUEUE = -1;
  private static final int WNOHANG = 1;
  private static final int WALL = 0x4000_0000;

  private ProcessHandles() {}

  /** A handle on a process; readable by poll when the process has ended. */
  public static Fd open(Pid pid) {
    return FdCalls.fd(
        Kernel.call(Syscall.PIDFD_OPEN, pid.number(), 0), Syscall.PIDFD_OPEN, "pid " + pid);
  }

  /** A copy of a descriptor of that process, sharing its open description. */
  public static Fd fetchDescriptor(Fd handle, Fd number) {
    return FdCalls.fd(
        Kernel.call(Syscall.PIDFD_GETFD, handle.number(), number.number(), 0),
        Syscall.PIDFD_GETFD,
        number.toString());
  }

  /** Sends a signal; false where the process has ended. */
  public static boolean signal(Fd handle, int signal) {
    long result = Kernel.call(Syscall.PIDFD_SEND_SIGNAL, handle.number(), signal, 0, 0);
    if (result == -Errno.ESRCH.number()) {
      return false;
    }
    FdCalls.checked(result, Syscall.PIDFD_SEND_SIGNAL, "signal " + signal);
    return true;
  }

  /** Queues a signal with a value, as sigqueue(3) does. */
  static void queueSignal(Pid pid, int signal, int value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(SIGINFO_BYTES, 8);
      info.set(JAVA_INT, 0, signal);
      info.set(JAVA_INT, 8, SI_QUEUE);
      info.set(JAVA_INT, 16, (int) ProcessHandle.current().pid());
      info.set(JAVA_INT, 24, value);
      FdCalls.checked(
          Kernel.call(Syscall.RT_SIGQUEUEINFO, pid.number(), signal, info.address()),
          Syscall.RT_SIGQUEUEINFO,
          "pid " + pid);
    }
  }

  /** Waits until the process has ended; false when the time is over first. */
  public static boolean awaitEnd(Fd handle, int timeoutMillis) {
    return FdCalls.poll(List.of(new FdCalls.Interest(handle, FdCalls.POLLIN)), timeoutMillis)[0]
        != 0;
  }

  /**
   * Takes away a child of this process that has ended.
   *
   * @return its wait status; empty where it runs still or is no child of ours
   */
  public static OptionalInt reap(Pid child) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(JAVA_INT);
      long result = Kernel.call(Syscall.WAIT4, child.number(), status.address(), WNOHANG | WALL, 0);
      if (result == 0 || result == -Errno.ECHILD.number()) {
        return OptionalInt.empty();
      }
      LinuxException.check(result, Syscall.WAIT4, "pid " + child);
      return OptionalInt.of(status.get(JAVA_INT, 0));
    }
  }
}
