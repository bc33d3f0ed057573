package io.godwit.node.control;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/** Failures of the control server itself. */
public enum NodeControlError implements ErrorCode {
  ALREADY_RUNNING("GW-NODECTL-001", ExitStatus.REFUSED);

  private final String code;
  private final ExitStatus exitStatus;

  NodeControlError(String code, ExitStatus exitStatus) {
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
