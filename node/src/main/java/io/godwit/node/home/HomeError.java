package io.godwit.node.home;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/** What can go wrong with what the home node keeps. */
public enum HomeError implements ErrorCode {
  /** A console message or what was carried of a console cannot be understood. */
  CONSOLE_DAMAGED("GW-HOME-001", ExitStatus.DAMAGED),
  /** Another client has the input of this console. */
  INPUT_TAKEN("GW-HOME-002", ExitStatus.REFUSED),
  /** The console's log cannot be written or read. */
  LOG("GW-HOME-003", ExitStatus.EXHAUSTED);

  private final String code;
  private final ExitStatus exitStatus;

  HomeError(String code, ExitStatus exitStatus) {
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
