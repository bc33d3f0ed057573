package io.godwit.node.jobs;

import io.godwit.policy.jobs.Hours;
import io.godwit.policy.jobs.JobQueue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node's configuration says of jobs.
 *
 * @param queues in the order of the file; never empty
 * @param checkpoints a directory that all nodes share; null where there is none
 * @param lease how long a checkpointed job may run without a word of its home
 */
public record JobSettings(Map<String, Queue> queues, @Nullable Path checkpoints, Duration lease) {
  /** The default lease. */
  public static final Duration LEASE = Duration.ofSeconds(20);

  /** One queue, and nobody's checkpoints. */
  public static final JobSettings DEFAULT =
      new JobSettings(
          Map.of(JobQueue.DEFAULT_NAME, new Queue(JobQueue.DEFAULT, List.of())), null, LEASE);

  /**
   * @param hours as they were written
   */
  public record Queue(JobQueue rule, List<String> hours) {
    public Queue {
      hours = List.copyOf(hours);
    }

    /** With hours as the configuration writes them. */
    public static Queue of(
        String name, int priority, int userJobs, int queueJobs, int nodeJobs, List<String> hours) {
      return new Queue(
          new JobQueue(name, priority, userJobs, queueJobs, nodeJobs, Hours.parse(hours)), hours);
    }
  }

  public JobSettings {
    queues = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(queues));
  }

  /** The queue of a job that names none. */
  String usualQueue() {
    return queues.containsKey(JobQueue.DEFAULT_NAME)
        ? JobQueue.DEFAULT_NAME
        : queues.keySet().iterator().next();
  }

  /** The rules alone. */
  Map<String, JobQueue> rules() {
    Map<String, JobQueue> rules = new LinkedHashMap<>();
    queues.forEach((name, queue) -> rules.put(name, queue.rule()));
    return rules;
  }
}
