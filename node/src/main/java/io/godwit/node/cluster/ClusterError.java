package io.godwit.node.cluster;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/** What can go wrong with load information and scheduling. Numbers are never used again. */
public enum ClusterError implements ErrorCode {
  /** The scheduling profile cannot be found, read or kept. */
  PROFILE(1, ExitStatus.USAGE),
  /** A note of another node that makes no sense. */
  BAD_NOTE(2, ExitStatus.DAMAGED),
  /** The scheduler does not answer. */
  BUSY(3, ExitStatus.UNREACHABLE),
  /** Some processes could not leave a node that is drained. */
  NOT_DRAINED(4, ExitStatus.REFUSED),
  /** The node takes no processes at present: it is drained, or its owner is at work. */
  CLOSED(5, ExitStatus.REFUSED);

  private final String code;
  private final ExitStatus exitStatus;

  ClusterError(int number, ExitStatus exitStatus) {
    this.code = "GW-CLUSTER-%03d".formatted(number);
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
