package io.godwit.node.jobs;

import java.time.Duration;

/** The bounds of batch work on one node. */
final class JobLimits {
  /** Jobs that wait or run. */
  static final int OPEN_JOBS = 20_000;

  /** Jobs that are over and still told; the oldest are forgotten first. */
  static final int ENDED_KEPT = 2000;

  /** How often the room looks at its jobs where nothing else wakes it. */
  static final Duration TICK = Duration.ofMillis(250);

  /** A job for which no node was found is tried again after this time. */
  static final Duration RETRY = Duration.ofSeconds(2);

  /** A checkpoint that failed is tried again after this time, or its usual one if that is less. */
  static final Duration CHECKPOINT_RETRY = Duration.ofSeconds(10);

  /** A restart that failed is tried again after this time. */
  static final Duration RESTART_RETRY = Duration.ofSeconds(3);

  /** Checkpoints that are written at once. */
  static final int CHECKPOINTS_AT_ONCE = 2;

  /** The home has to have what a job had written when its checkpoint was taken within this time. */
  static final Duration OUTPUT_TIME = Duration.ofSeconds(20);

  /** Whoever acts on a job that is being started waits so long for that. */
  static final Duration START_TIME = Duration.ofSeconds(20);

  /** A process that is killed has ended within this time. */
  static final Duration KILL_TIME = Duration.ofSeconds(10);

  /**
   * Least time between the end of a lease and a restart elsewhere; a quarter of the lease if more.
   */
  static final Duration MARGIN = Duration.ofSeconds(1);

  /** How often the guard of a lease that is over sees to it that nothing runs. */
  static final Duration GUARD_REPEATS = Duration.ofMillis(50);

  /** Characters of a command in a listing. */
  static final int COMMAND = 4096;

  private JobLimits() {}
}
