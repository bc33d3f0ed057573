package io.godwit.policy.scheduling;

import java.util.Locale;

/**
 * Why a node or a process was not taken. Most are never read, so the text is made when it is asked
 * for.
 */
public final class Rejection {
  /** The kinds of reasons. The names appear in JSON output and do not change. */
  public enum Cause {
    /** The node takes no foreign processes at present. */
    NOT_ACCEPTING,
    /** Somebody sits at the node. */
    OWNER_ACTIVE,
    /** The node refused or failed a short while ago. */
    BACKOFF,
    /** The node lacked something that the process needs. */
    UNSUITABLE,
    /** It would not run enough faster there. */
    LOAD_DIFFERENCE,
    /** Too little free memory. */
    NO_MEMORY,
    /** The resource expression does not hold there. */
    EXPRESSION,
    /** The mechanism cannot move the process. */
    NOT_MOVABLE,
    /** By name or user not eligible. */
    NOT_ELIGIBLE,
    /** It came here too short a time ago. */
    RESIDENCY,
    /** It has moved too often lately. */
    MOVE_LIMIT,
    /** What the move costs is more than it is expected to gain. */
    COST,
    /** The policy prefers another. */
    PREFERENCE,
    /** Nothing is known about any node. */
    NOTHING_KNOWN
  }

  private final Object subject;
  private final Cause cause;
  private final String format;
  private final Object[] arguments;

  private Rejection(Object subject, Cause cause, String format, Object[] arguments) {
    this.subject = subject;
    this.cause = cause;
    this.format = format;
    this.arguments = arguments;
  }

  /**
   * A reason.
   *
   * @param subject the node or process, whose text is its name
   * @param format the reason as {@link String#format} takes it
   * @param arguments immutable values for it
   */
  public static Rejection of(Object subject, Cause cause, String format, Object... arguments) {
    return new Rejection(subject, cause, format, arguments);
  }

  /** The node's or process's name. */
  public String subject() {
    return subject.toString();
  }

  /** Whether the reason is about this node or process. */
  public boolean concerns(Object nodeOrProcess) {
    return subject.equals(nodeOrProcess);
  }

  /** The kind of reason, for programs and counters. */
  public Cause cause() {
    return cause;
  }

  /** The reason with its figures, for people. */
  public String text() {
    return arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments);
  }

  @Override
  public String toString() {
    return subject + ": " + text();
  }
}
