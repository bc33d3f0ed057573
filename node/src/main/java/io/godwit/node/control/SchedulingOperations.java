package io.godwit.node.control;

import io.godwit.core.NodeId;
import io.godwit.core.control.DecisionView;
import io.godwit.core.control.DrainView;
import io.godwit.core.control.NodeAction;
import io.godwit.core.control.ProfileView;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** What users may ask of load information and scheduling; see {@link NodeOperations}. */
public interface SchedulingOperations {
  /** The profile in use. */
  ProfileView profile();

  /** Uses another from now on, on every node. */
  ProfileView use(String name, String text);

  /**
   * What the schedulers of all nodes that answer have decided, latest last.
   *
   * @param what a process's name; empty for all
   * @param most of each node, its latest; 0 for as many as it tells
   */
  List<DecisionView> explain(String what, int most);

  /**
   * Empties a node or opens it again, and returns when that is done or the time is over.
   *
   * @param wait zero for as long as it takes
   * @param progress told what is new; never blocks for long and never throws
   */
  DrainView administer(NodeId node, NodeAction action, Duration wait, Consumer<DrainView> progress)
      throws InterruptedException;
}
