package io.godwit.engine.freeze;

import io.godwit.linux.LinuxException;
import io.godwit.linux.Registers;
import io.godwit.linux.abi.Architecture;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.TaskStatus;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Calls that end with EINTR whenever a thread is stopped, even when no signal is meant for it
 * (signal(7), "never restarted"). When nothing but the freeze interrupted such a call it begins
 * again.
 */
public final class RestartedCall {
  private static final Set<Integer> ENDED_BY_STOP =
      Stream.of(
              Syscall.EPOLL_WAIT,
              Syscall.EPOLL_PWAIT,
              Syscall.EPOLL_PWAIT2,
              Syscall.RT_SIGTIMEDWAIT,
              Syscall.SEMOP,
              Syscall.SEMTIMEDOP,
              Syscall.IO_GETEVENTS,
              Syscall.IO_PGETEVENTS,
              Syscall.MSGSND,
              Syscall.MSGRCV,
              Syscall.ACCEPT,
              Syscall.ACCEPT4,
              Syscall.CONNECT,
              Syscall.READ,
              Syscall.READV,
              Syscall.RECVFROM,
              Syscall.RECVMSG,
              Syscall.RECVMMSG,
              Syscall.SENDTO,
              Syscall.SENDMSG,
              Syscall.WRITE,
              Syscall.WRITEV)
          .map(Architecture.current()::number)
          .collect(Collectors.toUnmodifiableSet());

  private RestartedCall() {}

  /** Registers with which the call of the thread begins again, where that is called for. */
  public static Optional<Registers> whenOnlyWeInterrupted(FrozenThread thread) {
    Registers registers = thread.registers();
    if (registers.result() != -Errno.EINTR.number()
        || !ENDED_BY_STOP.contains((int) registers.syscallNumber())
        || hasDeliverableSignal(thread)) {
      return Optional.empty();
    }
    return Optional.of(registers.callAgain());
  }

  private static boolean hasDeliverableSignal(FrozenThread thread) {
    try {
      TaskStatus status =
          ProcFs.host().process(new io.godwit.core.Pid(thread.hostTid().number())).status();
      long pending = status.pendingSignals() | status.sharedPendingSignals();
      return (pending & ~thread.signalMask()) != 0;
    } catch (LinuxException e) {
      return true;
    }
  }
}
