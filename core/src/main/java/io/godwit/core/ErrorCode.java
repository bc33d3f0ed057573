package io.godwit.core;

/**
 * A stable name for one kind of failure. Each room lists its own in an enum that implements this;
 * the text never changes its meaning once released, so that scripts may rely on it.
 */
public interface ErrorCode {
  /** The stable name, for example {@code GW-ENGINE-012}. */
  String code();

  /** What a command that ends with this failure returns to its caller. */
  ExitStatus exitStatus();
}
