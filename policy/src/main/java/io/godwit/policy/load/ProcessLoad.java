package io.godwit.policy.load;

import io.godwit.core.NodeId;
import java.util.Map;

/**
 * What is known about one process on the node that runs it (table 7, per process parameters).
 *
 * @param name the program's name, for eligibility lists
 * @param user whose process it is, for fairness
 * @param ageNanos CPU time that it has used so far
 * @param residencyNanos time since it came to this node or was started here
 * @param memoryBytes resident memory that a migration has to bring over
 * @param dirtyBytesPerSecond memory that it rewrites each second
 * @param remoteCallsPerSecond system calls that are served by its home
 * @param pagesPerSecond pages that it faults in from another node or a page server each second
 * @param forks children that it has made
 * @param moves migrations within the stability window
 * @param bytesPerSecondTo with which nodes it exchanges how much: messages, and files read there
 * @param movable false where the mechanism has refused it; {@code explain} names the cause
 */
public record ProcessLoad(
    ProcessKey key,
    String name,
    String user,
    long ageNanos,
    long residencyNanos,
    long memoryBytes,
    double dirtyBytesPerSecond,
    double remoteCallsPerSecond,
    double pagesPerSecond,
    int forks,
    int moves,
    Map<NodeId, Double> bytesPerSecondTo,
    boolean movable) {

  public ProcessLoad {
    bytesPerSecondTo = Map.copyOf(bytesPerSecondTo);
  }

  /** A process about which no more is known than its age and size. */
  public static ProcessLoad of(
      ProcessKey key, String name, long ageNanos, long residencyNanos, long memoryBytes) {
    return new ProcessLoad(
        key, name, "", ageNanos, residencyNanos, memoryBytes, 0, 0, 0, 0, 0, Map.of(), true);
  }

  /** Whether it runs away from its home. */
  public boolean foreignOn(NodeId node) {
    return !key.home().equals(node);
  }
}
