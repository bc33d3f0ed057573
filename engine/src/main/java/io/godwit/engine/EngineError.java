package io.godwit.engine;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/**
 * What can go wrong between a live process tree and its image. The numbers are never used again:
 * below 100 the mechanism, from 100 on the resources.
 */
public enum EngineError implements ErrorCode {
  NO_SUCH_PROCESS("GW-ENGINE-001", ExitStatus.NOT_FOUND),
  NOT_PERMITTED("GW-ENGINE-002", ExitStatus.NOT_PERMITTED),
  /** A kernel thread, PID 1 of the machine, or Godwit itself. */
  NOT_MOVABLE("GW-ENGINE-003", ExitStatus.REFUSED),
  /** Somebody else traces the process, a debugger for instance. */
  ALREADY_TRACED("GW-ENGINE-004", ExitStatus.REFUSED),
  /** A thread does not stop: it sleeps uninterruptibly in the kernel. */
  WILL_NOT_STOP("GW-ENGINE-005", ExitStatus.REFUSED),
  /** The tree goes on making processes or threads faster than they can be stopped. */
  DOES_NOT_CONVERGE("GW-ENGINE-006", ExitStatus.REFUSED),
  /** Memory of a kind that cannot be carried. */
  UNSUPPORTED_MEMORY("GW-ENGINE-007", ExitStatus.REFUSED),
  /** A 32-bit program. */
  UNSUPPORTED_MODE("GW-ENGINE-008", ExitStatus.REFUSED),
  /** A PID or TID that the image needs is in use here. */
  PID_TAKEN("GW-ENGINE-009", ExitStatus.REFUSED),
  /** A file that the process maps is missing or another one. */
  FILE_CHANGED("GW-ENGINE-010", ExitStatus.REFUSED),
  /** The processor here lacks something that the processes use. */
  CPU_MISMATCH("GW-ENGINE-011", ExitStatus.REFUSED),
  /** The image says something that no kernel lets us build. */
  NOT_RESTORABLE("GW-ENGINE-012", ExitStatus.FAILED),
  /** The process ended while it was being frozen or read. */
  ENDED_MEANWHILE("GW-ENGINE-013", ExitStatus.NOT_FOUND),
  /** A system call that should work did not. */
  KERNEL_CALL("GW-ENGINE-014", ExitStatus.FAILED),
  /** Not enough memory or ids to build the processes. */
  EXHAUSTED("GW-ENGINE-015", ExitStatus.EXHAUSTED),
  /** What pages a process still lacks cannot be written down, or read again. */
  PAGE_JOURNAL("GW-ENGINE-016", ExitStatus.DAMAGED);

  private final String code;
  private final ExitStatus exitStatus;

  EngineError(String code, ExitStatus exitStatus) {
    this.code = code;
    this.exitStatus = exitStatus;
  }

  @Override
  public String code() {
    return code;
  }

  @Override
  public ExitStatus exitStatus() {
    return exitStatus;
  }
}
