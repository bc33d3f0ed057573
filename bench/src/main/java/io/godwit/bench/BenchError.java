package io.godwit.bench;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/** What can go wrong with a measurement. */
public enum BenchError implements ErrorCode {
  /** A list or quantity that makes no grid. */
  BAD_GRID("GW-BENCH-001", ExitStatus.USAGE),
  /** The program to be moved does not start, or ends. */
  VICTIM("GW-BENCH-002", ExitStatus.FAILED),
  /** The program found a page that is not what it wrote. */
  DAMAGED("GW-BENCH-003", ExitStatus.FAILED),
  /** A file of results cannot be written. */
  FILE("GW-BENCH-004", ExitStatus.FAILED),
  /** The other tool's command failed, or left no program running. */
  RIVAL("GW-BENCH-005", ExitStatus.FAILED);

  private final String code;
  private final ExitStatus exitStatus;

  BenchError(String code, ExitStatus exitStatus) {
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
