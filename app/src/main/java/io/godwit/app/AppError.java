package io.godwit.app;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/** Failures of the commands that work in their own process. */
public enum AppError implements ErrorCode {
  NO_SUCH_PROCESS("GW-APP-001", ExitStatus.NOT_FOUND),
  NOT_PERMITTED("GW-APP-002", ExitStatus.NOT_PERMITTED),
  CANNOT_WRITE("GW-APP-003", ExitStatus.FAILED),
  /** Process 1 or this command itself. */
  NOT_MOVABLE("GW-APP-004", ExitStatus.REFUSED),
  /** A restart asks for what only a pod can give. */
  NO_POD("GW-APP-005", ExitStatus.REFUSED);

  private final String code;
  private final ExitStatus exitStatus;

  AppError(String code, ExitStatus exitStatus) {
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
