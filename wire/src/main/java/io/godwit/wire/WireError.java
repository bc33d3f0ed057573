package io.godwit.wire;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/** What can go wrong between two nodes. Numbers are never used again. */
public enum WireError implements ErrorCode {
  /** Nothing answers at the address, or the connection broke. */
  UNREACHABLE(1, ExitStatus.UNREACHABLE),
  /** The other side has no certificate of this cluster. */
  STRANGER(2, ExitStatus.NOT_PERMITTED),
  /** The clocks of two nodes differ too much. */
  CLOCK_SKEW(3, ExitStatus.FAILED),
  /** Two nodes share no protocol version. */
  NO_COMMON_VERSION(4, ExitStatus.FAILED),
  /** A frame or message that does not follow the format. */
  GARBAGE(5, ExitStatus.DAMAGED),
  /** A frame that is longer than its kind may be. */
  OVERSIZED(6, ExitStatus.DAMAGED),
  /** A frame whose checksum does not fit. */
  CORRUPT(7, ExitStatus.DAMAGED),
  /** The other side did not move on in time. */
  TIMEOUT(8, ExitStatus.UNREACHABLE),
  /** The node at the address is another one than was asked for. */
  WRONG_NODE(9, ExitStatus.NOT_PERMITTED),
  /** A certificate or key cannot be used. */
  BAD_IDENTITY(10, ExitStatus.FAILED),
  /** A failure of the other side that has no code of its own. */
  PEER_FAILED(11, ExitStatus.FAILED),
  /** The other side opened a page session that nobody expects. */
  UNKNOWN_SESSION(12, ExitStatus.NOT_PERMITTED),
  /** The connection ended in the middle of a frame or before the last one. */
  CUT(13, ExitStatus.UNREACHABLE),
  /** The server's port is taken or its address is not of this machine. */
  CANNOT_LISTEN(14, ExitStatus.FAILED);

  private final String code;
  private final ExitStatus exitStatus;

  WireError(int number, ExitStatus exitStatus) {
    this.code = "GW-WIRE-%03d".formatted(number);
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
