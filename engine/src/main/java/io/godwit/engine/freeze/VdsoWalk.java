package io.godwit.engine.freeze;

import io.godwit.core.AddressRange;
import io.godwit.core.Pid;
import io.godwit.engine.EngineLimits;
import io.godwit.linux.Registers;
import io.godwit.linux.Tracee;
import io.godwit.linux.abi.Signals;
import io.godwit.linux.abi.WaitStatus;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.TaskStatus;
import java.util.Optional;

/**
 * Leads a thread out of the vDSO, instruction by instruction. There it may hold half of a clock
 * reading: what the kernel of this machine has counted, without what this time namespace adds. On
 * another machine the sum would be wrong by as much as the two have been up apart (vdso(7),
 * time_namespaces(7)).
 *
 * <p>Not seen is a reading that a signal handler has interrupted: the way back into it is on the
 * program's stack.
 */
final class VdsoWalk {
  private static final long TRAP = 1L << (Signals.SIGTRAP - 1);
  private static final long ALL_BUT_TRAP = ~TRAP;

  private VdsoWalk() {}

  /**
   * Lets a thread at an event stop go on to the first instruction behind the vDSO, if it is inside.
   *
   * @return empty if it was outside; else the signal at whose delivery it stands now, 0 for none.
   *     It then needs another event stop
   */
  static Optional<Integer> leave(Tracee tracee, Pid pid, AddressRange vdso) {
    Registers registers = tracee.registers();
    // Inside a system call the kernel does the reading, and does it anew.
    if (!vdso.contains(registers.instructionPointer()) || registers.inSyscall()) {
      return Optional.empty();
    }
    if (!mayStep(ProcFs.host().process(pid).thread(tracee.tid()).status())) {
      return Optional.empty();
    }
    long mask = tracee.signalMask();
    tracee.setSignalMask(ALL_BUT_TRAP);
    try {
      return Optional.of(walk(tracee, vdso));
    } finally {
      if (tracee.isStopped()) {
        tracee.setSignalMask(mask);
      }
    }
  }

  /**
   * The kernel forces the SIGTRAP of a step on the thread: where the program ignores it, it would
   * be set to its default, and one that waits in a queue would be taken for that of a step.
   */
  private static boolean mayStep(TaskStatus status) {
    return ((status.ignoredSignals() | status.pendingSignals() | status.sharedPendingSignals())
            & TRAP)
        == 0;
  }

  private static int walk(Tracee tracee, AddressRange vdso) {
    for (int step = 0; step < EngineLimits.VDSO_STEPS; step++) {
      tracee.step();
      Optional<WaitStatus> status = tracee.await(EngineLimits.STEP_TIMEOUT_NANOS);
      if (status.isEmpty() || !status.get().stopped()) {
        return 0; // it ends: whoever waits for its stop learns that
      }
      if (!status.get().isStep()) {
        return status.get().event() == 0 ? status.get().stopSignal() & 0x7f : 0;
      }
      if (!vdso.contains(tracee.registers().instructionPointer())) {
        return 0;
      }
    }
    return 0;
  }
}
