package io.godwit.policy;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/** The failures of this room. The numbers are stable. */
public enum PolicyError implements ErrorCode {
  /** A resource expression cannot be read. */
  BAD_EXPRESSION("GW-POLICY-001"),
  /** A profile is not valid. */
  BAD_PROFILE("GW-POLICY-002"),
  /** There is no such profile or policy. */
  UNKNOWN_PROFILE("GW-POLICY-003");

  private final String code;

  PolicyError(String code) {
    this.code = code;
  }

  @Override
  public String code() {
    return code;
  }

  @Override
  public ExitStatus exitStatus() {
    return ExitStatus.USAGE;
  }
}
