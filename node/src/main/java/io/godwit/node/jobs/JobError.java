package io.godwit.node.jobs;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/** What can go wrong with jobs. Numbers are never used again. */
public enum JobError implements ErrorCode {
  /** No queue of that name. */
  UNKNOWN_QUEUE(1, ExitStatus.NOT_FOUND),
  /** No job of that id or name. */
  UNKNOWN_JOB(2, ExitStatus.NOT_FOUND),
  /** The job is not in a state in which that could be done. */
  NOT_NOW(3, ExitStatus.REFUSED),
  /** Too many jobs wait. */
  FULL(4, ExitStatus.EXHAUSTED),
  /** A job of that name waits or runs. */
  NAME_TAKEN(5, ExitStatus.REFUSED),
  /** Checkpoints are asked for and there is no place for them. */
  NO_PLACE_FOR_CHECKPOINTS(6, ExitStatus.REFUSED),
  /** A record of the spool cannot be read. */
  SPOOL_DAMAGED(7, ExitStatus.DAMAGED),
  /** A checkpoint or a restart was asked for that makes no sense now. */
  NOT_HERE(8, ExitStatus.REFUSED),
  /** The guard of a lease cannot be started. */
  NO_GUARD(9, ExitStatus.FAILED),
  /** The home does not let the process run. */
  NO_LEASE(10, ExitStatus.REFUSED);

  private final String code;
  private final ExitStatus exitStatus;

  JobError(int number, ExitStatus exitStatus) {
    this.code = "GW-JOBS-%03d".formatted(number);
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
