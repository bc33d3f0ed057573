package io.godwit.image;

import io.godwit.core.Tid;
import java.util.Optional;

/**
 * One timer of timer_create(2).
 *
 * @param id the number that the program knows it by
 * @param clock CLOCK_*
 * @param notification sigev_notify: SIGEV_SIGNAL 0, SIGEV_NONE 1, SIGEV_THREAD_ID 4
 * @param signal sigev_signo, 0 for none
 * @param value sigev_value
 * @param thread whom SIGEV_THREAD_ID notifies
 * @param remainingNanos until the next expiry, 0 when disarmed
 * @param intervalNanos between later expiries, 0 for none
 * @param overrun as timer_getoverrun(2) tells
 */
public record PosixTimer(
    int id,
    int clock,
    int notification,
    int signal,
    long value,
    Optional<Tid> thread,
    long remainingNanos,
    long intervalNanos,
    int overrun) {
  public PosixTimer {
    Require.notNegative(id, "a POSIX timer's id");
    Require.signal(signal, "a POSIX timer's signal");
    Require.notNegative(remainingNanos, "a timer's remaining time");
    Require.notNegative(intervalNanos, "a timer's interval");
    Require.notNegative(overrun, "a timer's overrun");
  }
}
