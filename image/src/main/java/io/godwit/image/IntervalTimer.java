package io.godwit.image;

/**
 * One running timer of setitimer(2).
 *
 * @param which ITIMER_REAL 0, ITIMER_VIRTUAL 1, ITIMER_PROF 2
 * @param remainingNanos until the next expiry, 0 when disarmed
 * @param intervalNanos between later expiries, 0 for none
 */
public record IntervalTimer(int which, long remainingNanos, long intervalNanos) {
  public IntervalTimer {
    Require.range(which, 0, 2, "an interval timer");
    Require.notNegative(remainingNanos, "a timer's remaining time");
    Require.notNegative(intervalNanos, "a timer's interval");
  }
}
