package io.godwit.node.registry;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/** What can go wrong with the registry. Numbers are never used again. */
public enum RegistryError implements ErrorCode {
  /** No majority of the voters says so. */
  NO_MAJORITY(1, ExitStatus.UNREACHABLE),
  /** This node does not vote. */
  NOT_A_VOTER(2, ExitStatus.REFUSED),
  /** A node says what it may not say, or nothing that can be understood. */
  MALFORMED(3, ExitStatus.DAMAGED),
  /** The voter cannot take part. */
  NOT_READY(4, ExitStatus.UNREACHABLE),
  /** The registry knows a later owner. */
  OVERTAKEN(5, ExitStatus.REFUSED);

  private final String code;
  private final ExitStatus exitStatus;

  RegistryError(int number, ExitStatus exitStatus) {
    this.code = "GW-REGISTRY-%03d".formatted(number);
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
