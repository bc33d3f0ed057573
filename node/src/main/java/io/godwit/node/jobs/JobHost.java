package io.godwit.node.jobs;

import io.godwit.core.NodeId;
import io.godwit.core.control.RunSpec;
import io.godwit.policy.scheduling.ResourceExpression;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What jobs need of the daemon around them. Calls may block; every failure is a {@link
 * io.godwit.core.GodwitException}.
 */
public interface JobHost {
  NodeId self();

  /** Every node that can take jobs, with its processor cores. */
  Map<NodeId, Integer> cores();

  /**
   * Where a job is to start.
   *
   * @param node empty where it has to wait
   * @param why it has to
   */
  record Place(Optional<NodeId> node, String why) {}

  /**
   * Asks the node's scheduler.
   *
   * @param full nodes that have no place for it
   */
  Place place(String pod, String program, String user, ResourceExpression needs, Set<NodeId> full)
      throws InterruptedException;

  /** Whether a process that needs that may stay on this node. */
  boolean suits(ResourceExpression needs);

  /**
   * Starts the program of a job here. When this returns it runs.
   *
   * @param leased whether it may run elsewhere only under a lease
   */
  void run(int uid, String user, RunSpec program, ResourceExpression needs, boolean leased);

  /** Moves it and returns when it runs there. */
  void move(String pod, NodeId to) throws InterruptedException;

  /** What is known of a job's process. */
  enum Standing {
    /** There was none since that time. */
    NONE,
    RUNS,
    /** It has ended, and somebody has seen how. */
    ENDED,
    /** It is gone, and nobody has seen how. */
    GONE
  }

  /**
   * @param sinceMillis what was started before is not meant, milliseconds since 1970
   */
  Standing standing(String pod, long sinceMillis);

  /** Where it runs or ran last, as far as is known. */
  Optional<NodeId> where(String pod);

  /** Processor time that it has used, milliseconds; negative where that is not known. */
  long cpuMillis(String pod);

  /** Completed with the wait status of its main process. */
  CompletableFuture<Integer> end(String pod);

  /** Stops all its processes, wherever it runs, or lets them go on. */
  void suspend(String pod, boolean stop);

  /** Kills it, wherever it runs. */
  void kill(String pod);

  /**
   * What a checkpoint holds of a job's console.
   *
   * @param outputEnd bytes written to the standard output so far
   * @param errorEnd and to the standard error
   */
  record Written(long outputEnd, long errorEnd) {
    static final Written NOTHING = new Written(0, 0);
  }

  /**
   * Writes a checkpoint of it to a new directory below the place for checkpoints, wherever it runs.
   */
  Written checkpoint(String pod, String directory) throws InterruptedException;

  /** Waits until the home has all that was written by then; false when the time is over first. */
  boolean awaitOutput(String pod, Written written, long millis) throws InterruptedException;

  /** Takes a checkpoint away. */
  void discard(String directory);

  /**
   * Makes this node the owner of a process that certainly runs nowhere, under a higher epoch, and
   * puts its console back to what it was.
   */
  void retake(String pod, Written written);

  /** Restarts a process that was {@link #retake}n from a checkpoint; it runs when this returns. */
  void restart(String pod, String directory, Written written, ResourceExpression needs)
      throws InterruptedException;
}
