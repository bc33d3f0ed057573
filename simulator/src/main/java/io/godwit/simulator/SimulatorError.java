package io.godwit.simulator;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;
import io.godwit.core.GodwitException;

/** The failures of this room. The numbers are stable. */
public enum SimulatorError implements ErrorCode {
  /** Options do not fit together. */
  BAD_OPTIONS("GW-SIM-001", ExitStatus.USAGE),
  /** The trace is not in the expected format. */
  BAD_TRACE("GW-SIM-002", ExitStatus.DAMAGED),
  /** A file cannot be read or written. */
  FILE("GW-SIM-003", ExitStatus.FAILED),
  /** There is no profile of that name. */
  NO_PROFILE("GW-SIM-004", ExitStatus.NOT_FOUND);

  private final String code;
  private final ExitStatus exitStatus;

  SimulatorError(String code, ExitStatus exitStatus) {
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

  static GodwitException bad(String why, String advice) {
    return new GodwitException(BAD_OPTIONS, "the study cannot be made", why, advice);
  }
}
