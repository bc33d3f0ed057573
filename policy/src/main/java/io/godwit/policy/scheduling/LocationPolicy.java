package io.godwit.policy.scheduling;

import io.godwit.policy.load.LoadRecord;
import io.godwit.policy.load.ProcessLoad;
import java.util.List;
import java.util.random.RandomGenerator;

/** Where to move a process: picks one of the nodes that passed every filter. */
public interface LocationPolicy {
  /**
   * Picks a node.
   *
   * @param nodes at least one, in no particular order, with run queues that already count what this
   *     node has sent there
   * @return one of them
   */
  LoadRecord choose(
      ProcessLoad process,
      ResourceExpression needs,
      List<LoadRecord> nodes,
      RandomGenerator random);

  /** Whether nodes that would not be faster are offered too: for policies that ask no load. */
  default boolean ignoresLoad() {
    return false;
  }
}
