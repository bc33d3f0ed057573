package io.godwit.image;

/**
 * What becomes of the system call that the freeze interrupted. The registers of the thread are
 * those of its stop, with the call's arguments still in place.
 */
public sealed interface BlockedCall {
  /** The thread was in no call, or the call is done: it goes on where the registers say. */
  record None() implements BlockedCall {}

  /**
   * The same call begins again with the same arguments; nothing of it has happened yet, or its
   * times are absolute.
   *
   * @param call the system call number
   */
  record Restart(long call) implements BlockedCall {
    public Restart {
      Require.notNegative(call, "a system call number");
    }
  }

  /**
   * The call waits for a relative time of which a part has passed: it begins again with the rest.
   *
   * @param call the system call number
   * @param nanos the time that remains
   */
  record Remaining(long call, long nanos) implements BlockedCall {
    public Remaining {
      Require.notNegative(call, "a system call number");
      Require.notNegative(nanos, "the remaining time of a call");
    }
  }
}
