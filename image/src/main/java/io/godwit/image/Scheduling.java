package io.godwit.image;

import java.util.Optional;

/**
 * How a thread is scheduled (sched(7), sched_setattr(2), ioprio_set(2)).
 *
 * @param policy SCHED_*
 * @param priority 1 to 99 for the real-time policies, else 0
 * @param nice -20 to 19
 * @param flags SCHED_FLAG_*, such as reset-on-fork
 * @param deadline the parameters of SCHED_DEADLINE
 * @param affinity the CPU mask, bit 0 is CPU 0; empty for all CPUs
 * @param ioPriority class and level as ioprio_get(2) gives them, 0 for none
 * @param timerSlackNanos of PR_SET_TIMERSLACK
 */
public record Scheduling(
    int policy,
    int priority,
    int nice,
    long flags,
    Optional<Deadline> deadline,
    Bytes affinity,
    int ioPriority,
    long timerSlackNanos) {
  public Scheduling {
    Require.range(policy, 0, 255, "a scheduling policy");
    Require.range(priority, 0, 99, "a scheduling priority");
    Require.range(nice, -20, 19, "a nice value");
    Require.size(affinity, 0, 8192, "a CPU mask");
    Require.notNegative(timerSlackNanos, "a timer slack");
  }

  /** Nanoseconds of run time in each period, and the deadline within it. */
  public record Deadline(long runtimeNanos, long deadlineNanos, long periodNanos) {
    public Deadline {
      Require.notNegative(runtimeNanos, "a deadline's run time");
      Require.notNegative(deadlineNanos, "a deadline");
      Require.notNegative(periodNanos, "a deadline's period");
    }
  }
}
