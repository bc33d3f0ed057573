package io.godwit.core;

import org.jspecify.annotations.Nullable;

/**
 * A failure as a user meets it: a stable code, what happened, why, and what to do. Terminal, JSON
 * and dashboard print the same text. Rooms do not subclass it; they add codes.
 */
public final class GodwitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ErrorCode code;
  private final String what;
  private final String why;
  private final String advice;

  /**
   * @param what what could not be done, naming the process, file or node
   * @param why the cause, never "see the log"
   * @param advice the next step for the user
   */
  public GodwitException(ErrorCode code, String what, String why, String advice) {
    this(code, what, why, advice, null);
  }

  /** As above, keeping the exception that brought the failure about. */
  public GodwitException(
      ErrorCode code, String what, String why, String advice, @Nullable Throwable cause) {
    super(code.code() + ": " + what + ": " + why + " (" + advice + ")", cause);
    this.code = code;
    this.what = what;
    this.why = why;
    this.advice = advice;
  }

  public ErrorCode code() {
    return code;
  }

  /** What could not be done. */
  public String what() {
    return what;
  }

  /** The cause. */
  public String why() {
    return why;
  }

  /** The next step. */
  public String advice() {
    return advice;
  }
}
