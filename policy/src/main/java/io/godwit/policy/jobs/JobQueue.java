package io.godwit.policy.jobs;

/**
 * A queue of jobs and what its administrator allows it.
 *
 * @param priority jobs of a queue with a higher one start first
 * @param userJobs jobs of one user that run at once; 0 for any number
 * @param queueJobs jobs that run at once; 0 for any number
 * @param nodeJobs jobs that run on one node at once; 0 for as many as it has processor cores
 * @param hours when jobs may start
 */
public record JobQueue(
    String name, int priority, int userJobs, int queueJobs, int nodeJobs, Hours hours) {
  /** The name of the queue that jobs go to where none is named. */
  public static final String DEFAULT_NAME = "default";

  /** What there is where nothing is configured. */
  public static final JobQueue DEFAULT = new JobQueue(DEFAULT_NAME, 0, 0, 0, 0, Hours.ALWAYS);

  public JobQueue {
    if (userJobs < 0 || queueJobs < 0 || nodeJobs < 0) {
      throw new IllegalArgumentException("a limit of queue " + name + " is negative");
    }
  }
}
