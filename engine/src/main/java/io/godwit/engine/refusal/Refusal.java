package io.godwit.engine.refusal;

import io.godwit.core.Pid;

/**
 * One thing that one process has and that cannot be carried.
 *
 * @param process by the number of the reader's PID namespace
 * @param name what /proc calls the process
 * @param resource the thing in words: "fd 7 is an io_uring ring"
 * @param why what stands in the way
 * @param advice what would help
 */
public record Refusal(
    RefusalCode code, Pid process, String name, String resource, String why, String advice) {
  /** The process and the thing, on one line. */
  public String what() {
    return "process " + process + " (" + name + "): " + resource;
  }

  @Override
  public String toString() {
    return code.code() + ": " + what() + ": " + why + " (" + advice + ")";
  }
}
