package io.godwit.cli;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/** Failures found by the command before, or instead of, the daemon. */
public enum CliError implements ErrorCode {
  /** Nobody listens on the control socket. */
  NO_DAEMON("GW-CLI-001", ExitStatus.UNREACHABLE),
  /** An option or argument that does not exist or does not fit. */
  USAGE("GW-CLI-002", ExitStatus.USAGE),
  UNKNOWN_COMMAND("GW-CLI-003", ExitStatus.USAGE),
  /** The daemon went away before it answered. */
  DAEMON_GONE("GW-CLI-004", ExitStatus.UNREACHABLE),
  /** The control socket may not be opened. */
  SOCKET_CLOSED_TO_USER("GW-CLI-005", ExitStatus.NOT_PERMITTED),
  /** A value that an option does not take. */
  BAD_VALUE("GW-CLI-006", ExitStatus.USAGE),
  /** Standard input or output failed. */
  STREAM("GW-CLI-007", ExitStatus.FAILED),
  INTERRUPTED("GW-CLI-008", ExitStatus.FAILED),
  /** A failure that no command foresaw. */
  DEFECT("GW-CLI-009", ExitStatus.FAILED),
  /** The path is no socket path, for example too long. */
  BAD_SOCKET("GW-CLI-010", ExitStatus.USAGE);

  private final String code;
  private final ExitStatus exitStatus;

  CliError(String code, ExitStatus exitStatus) {
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
