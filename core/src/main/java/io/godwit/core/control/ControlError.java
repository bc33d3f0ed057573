package io.godwit.core.control;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/** What can go wrong in the talk between command and daemon. */
public enum ControlError implements ErrorCode {
  /** A frame or message that is not of this protocol. */
  BAD_MESSAGE("GW-CONTROL-001", ExitStatus.DAMAGED),
  /** A message beyond a limit. */
  TOO_LARGE("GW-CONTROL-002", ExitStatus.DAMAGED),
  /** Command and daemon speak different versions. */
  VERSION("GW-CONTROL-003", ExitStatus.USAGE),
  /** A request that this daemon does not know. */
  UNKNOWN_METHOD("GW-CONTROL-004", ExitStatus.USAGE),
  /** A value in a request that makes no sense. */
  BAD_VALUE("GW-CONTROL-005", ExitStatus.USAGE),
  /** The caller acts on a process of another user. */
  NOT_OWNER("GW-CONTROL-006", ExitStatus.NOT_PERMITTED),
  /** The request is for root alone. */
  ROOT_ONLY("GW-CONTROL-007", ExitStatus.NOT_PERMITTED),
  /** Too many conversations at once. */
  BUSY("GW-CONTROL-008", ExitStatus.EXHAUSTED),
  /** The other side closed the connection in the middle. */
  CUT_OFF("GW-CONTROL-009", ExitStatus.UNREACHABLE),
  /** A failure inside the daemon that has no code of its own. */
  INTERNAL("GW-CONTROL-010", ExitStatus.FAILED),
  /** No process of that number or name on this node. */
  NO_SUCH_PROCESS("GW-CONTROL-011", ExitStatus.NOT_FOUND),
  /** The identity of the caller cannot be established. */
  UNKNOWN_CALLER("GW-CONTROL-012", ExitStatus.NOT_PERMITTED);

  private final String code;
  private final ExitStatus exitStatus;

  ControlError(String code, ExitStatus exitStatus) {
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
