package io.godwit.app.testbed;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/** What can go wrong with nodes in namespaces. */
public enum TestbedError implements ErrorCode {
  /** Namespaces need privileges that this user has not. */
  NOT_PERMITTED("GW-TESTBED-001", ExitStatus.NOT_PERMITTED),
  /** A node's daemon ended or did not answer in time. */
  NOT_READY("GW-TESTBED-002", ExitStatus.FAILED),
  /** A directory of the testbed cannot be made or removed. */
  DIRECTORY("GW-TESTBED-003", ExitStatus.FAILED),
  /** A program to be shown that this machine lacks. */
  NO_PROGRAM("GW-TESTBED-004", ExitStatus.NOT_FOUND);

  private final String code;
  private final ExitStatus exitStatus;

  TestbedError(String code, ExitStatus exitStatus) {
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
