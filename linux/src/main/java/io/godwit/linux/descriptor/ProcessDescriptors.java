package io.godwit.linux.descriptor;

import io.godwit.core.Pid;
import io.godwit.linux.Fd;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;

/** Descriptors of other processes, brought here without their doing. */
public final class ProcessDescriptors {
  private ProcessDescriptors() {}

  /** A descriptor for a process, by which others are fetched; pidfd_open(2). */
  public static Fd ofProcess(Pid pid) {
    return new Fd(
        (int)
            Calls.check(Kernel.call(Syscall.PIDFD_OPEN, pid.number(), 0), Syscall.PIDFD_OPEN, pid));
  }

  /** Brings a descriptor of another process here; both name the same open file; pidfd_getfd(2). */
  public static Fd fetch(Fd process, int number) {
    long result = Kernel.call(Syscall.PIDFD_GETFD, process.number(), number, 0);
    return new Fd((int) Calls.check(result, Syscall.PIDFD_GETFD, "fd " + number));
  }
}
