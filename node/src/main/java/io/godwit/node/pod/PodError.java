package io.godwit.node.pod;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;

/** What can go wrong with pods and their consoles. */
public enum PodError implements ErrorCode {
  /** The program named does not exist, nor does it on the search path. */
  PROGRAM_NOT_FOUND("GW-POD-001", ExitStatus.NOT_FOUND),
  /** The program exists and may not be executed by this user. */
  PROGRAM_NOT_PERMITTED("GW-POD-002", ExitStatus.NOT_PERMITTED),
  /** The file is no program for this machine. */
  PROGRAM_NOT_EXECUTABLE("GW-POD-003", ExitStatus.FAILED),
  /** The working directory cannot be entered. */
  DIRECTORY("GW-POD-004", ExitStatus.NOT_FOUND),
  /** The kernel refused a step on the way to the pod. */
  NOT_CREATED("GW-POD-005", ExitStatus.FAILED),
  /** No cgroup v2 hierarchy, or none that may be written. */
  NO_CGROUP("GW-POD-006", ExitStatus.FAILED),
  /** There is a pod of this id already. */
  EXISTS("GW-POD-007", ExitStatus.FAILED),
  /** The pod did not end in time although it was killed. */
  NOT_ENDED("GW-POD-008", ExitStatus.FAILED),
  /** The record of a pod in the state directory cannot be understood. */
  RECORD_DAMAGED("GW-POD-009", ExitStatus.DAMAGED),
  /** The pod's init does not answer. */
  NO_INIT("GW-POD-010", ExitStatus.FAILED),
  /** What was carried of a console cannot be understood. */
  CONSOLE_DAMAGED("GW-POD-011", ExitStatus.DAMAGED),
  /** No such process to adopt. */
  ADOPT_NOT_FOUND("GW-POD-012", ExitStatus.NOT_FOUND),
  /** A process that cannot be put into a pod. */
  ADOPT_REFUSED("GW-POD-013", ExitStatus.REFUSED);

  private final String code;
  private final ExitStatus exitStatus;

  PodError(String code, ExitStatus exitStatus) {
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
