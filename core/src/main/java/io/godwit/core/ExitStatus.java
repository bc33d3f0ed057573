package io.godwit.core;

/** The exit statuses of every command, by the kind of failure. */
public enum ExitStatus {
  OK(0),
  /** Something failed that is none of the kinds below. */
  FAILED(1),
  /** The command line or a configuration file is wrong. */
  USAGE(2),
  /** Godwit declined before it touched anything: the process goes on as it was. */
  REFUSED(3),
  /** No such process, pod, node, image or file. */
  NOT_FOUND(4),
  NOT_PERMITTED(5),
  /** The daemon or a node does not answer. */
  UNREACHABLE(6),
  /** An image, message or file is truncated, altered or of an unknown version. */
  DAMAGED(7),
  /** Memory, disk, descriptors or ids have run out. */
  EXHAUSTED(8);

  private final int number;

  ExitStatus(int number) {
    this.number = number;
  }

  /** The number that the command exits with. */
  public int number() {
    return number;
  }
}
