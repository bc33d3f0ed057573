package io.godwit.policy.scheduling;

/**
 * Why a node or a process was not taken.
 *
 * @param subject the node's or process's name
 * @param cause the kind of reason, for programs and counters
 * @param text the reason with its figures, for people
 */
public record Rejection(String subject, Cause cause, String text) {
  /** The kinds of reasons. The names appear in JSON output and do not change. */
  public enum Cause {
    /** The node takes no foreign processes at present. */
    NOT_ACCEPTING,
    /** Somebody sits at the node. */
    OWNER_ACTIVE,
    /** The node refused or failed a short while ago. */
    BACKOFF,
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

  @Override
  public String toString() {
    return subject + ": " + text;
  }
}
