package io.godwit.policy.jobs;

import io.godwit.core.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which of the jobs that wait may start, and in which order: queues by priority, within one
 * priority the user with the fewest jobs running first, then the oldest. A job that may not start
 * holds up none behind it; each one that waits gets its reason.
 */
public final class JobOrder {
  private final Map<String, JobQueue> queues;

  /** A job that waits. */
  public record Waiting(long id, String queue, String user) {}

  /**
   * A job that runs.
   *
   * @param node null while that is being decided
   */
  public record Running(String queue, String user, @Nullable NodeId node) {}

  /**
   * A job that may start.
   *
   * @param full nodes on which its queue has no place left
   */
  public record Start(long id, Set<NodeId> full) {}

  /**
   * What follows.
   *
   * @param starts the best first; each is right as long as none before it has been started
   * @param waits why each of the others waits
   */
  public record Plan(List<Start> starts, Map<Long, String> waits) {}

  private record Share(String queue, String user) {}

  /** How many jobs run. */
  private record Counts(
      Map<String, Integer> ofUser,
      Map<String, Integer> inQueue,
      Map<Share, Integer> ofUserInQueue) {
    static Counts of(List<Running> running) {
      Counts counts = new Counts(new HashMap<>(), new HashMap<>(), new HashMap<>());
      for (Running each : running) {
        counts.ofUser.merge(each.user(), 1, Integer::sum);
        counts.inQueue.merge(each.queue(), 1, Integer::sum);
        counts.ofUserInQueue.merge(new Share(each.queue(), each.user()), 1, Integer::sum);
      }
      return counts;
    }
  }

  public JobOrder(Map<String, JobQueue> queues) {
    this.queues = Map.copyOf(queues);
  }

  /**
   * @param waiting in the order of their submission
   * @param cores of every node that can take jobs
   * @param minuteOfWeek minutes since Monday 0:00, local time
   */
  public Plan plan(
      List<Waiting> waiting, List<Running> running, Map<NodeId, Integer> cores, int minuteOfWeek) {
    Counts counts = Counts.of(running);
    Map<String, Set<NodeId>> fullOf = new HashMap<>();
    List<Waiting> ordered = new ArrayList<>(waiting);
    ordered.sort(
        Comparator.comparingInt((Waiting job) -> -priority(job.queue()))
            .thenComparingInt(job -> counts.ofUser.getOrDefault(job.user(), 0)));
    List<Start> starts = new ArrayList<>();
    Map<Long, String> waits = new LinkedHashMap<>();
    for (Waiting job : ordered) {
      JobQueue queue = queues.get(job.queue());
      if (queue == null) {
        waits.put(job.id(), "there is no queue '" + job.queue() + "' any more");
        continue;
      }
      Set<NodeId> full = fullOf.computeIfAbsent(job.queue(), q -> full(queue, running, cores));
      String why = why(job, queue, counts, minuteOfWeek);
      if (why == null && full.size() >= cores.size() && !cores.isEmpty()) {
        why = "queue " + queue.name() + " has no place left on any node";
      }
      if (why == null) {
        starts.add(new Start(job.id(), full));
      } else {
        waits.put(job.id(), why);
      }
    }
    return new Plan(starts, waits);
  }

  private int priority(String queue) {
    JobQueue known = queues.get(queue);
    return known == null ? Integer.MIN_VALUE / 2 : known.priority();
  }

  private static @Nullable String why(
      Waiting job, JobQueue queue, Counts counts, int minuteOfWeek) {
    if (!queue.hours().open(minuteOfWeek)) {
      return "queue " + queue.name() + " starts nothing at this hour";
    }
    int inQueue = counts.inQueue.getOrDefault(queue.name(), 0);
    if (queue.queueJobs() > 0 && inQueue >= queue.queueJobs()) {
      return "queue " + queue.name() + " has " + inQueue + " jobs running, its limit";
    }
    int ofUser = counts.ofUserInQueue.getOrDefault(new Share(queue.name(), job.user()), 0);
    if (queue.userJobs() > 0 && ofUser >= queue.userJobs()) {
      return job.user()
          + " has "
          + ofUser
          + " jobs running in queue "
          + queue.name()
          + ", the limit";
    }
    return null;
  }

  private static Set<NodeId> full(
      JobQueue queue, List<Running> running, Map<NodeId, Integer> cores) {
    Set<NodeId> full = new TreeSet<>();
    cores.forEach(
        (node, count) -> {
          int limit = queue.nodeJobs() > 0 ? queue.nodeJobs() : Math.max(1, count);
          long there =
              running.stream()
                  .filter(each -> each.queue().equals(queue.name()) && node.equals(each.node()))
                  .count();
          if (there >= limit) {
            full.add(node);
          }
        });
    return full;
  }
}
