package io.godwit.policy.scheduling;

import io.godwit.core.NodeId;
import io.godwit.policy.load.ProcessKey;

/** What a scheduler wants done. */
public sealed interface SchedulingEffect {
  /** Bring fresh knowledge about so many nodes into the view, then say that it is ready. */
  record WantCandidates(int count) implements SchedulingEffect {}

  /** Start the process there, which may be here. */
  record Place(ProcessKey process, NodeId on, Decision decision) implements SchedulingEffect {}

  /** Move the process. */
  record Migrate(ProcessKey process, NodeId to, Decision decision) implements SchedulingEffect {}

  /** Stop the process where it is. */
  record Suspend(ProcessKey process, Decision decision) implements SchedulingEffect {}

  /** Let the suspended process go on. */
  record Continue(ProcessKey process, Decision decision) implements SchedulingEffect {}

  /** Tell that node that this one has room. */
  record AskForWork(NodeId of) implements SchedulingEffect {}

  /** Tell the node that asked for work that there is none. */
  record TellNoWork(NodeId to) implements SchedulingEffect {}

  /** The process may come. */
  record Admit(NodeId from, ProcessKey process) implements SchedulingEffect {}

  /** The process may not come. */
  record Refuse(NodeId from, ProcessKey process, Decision decision) implements SchedulingEffect {}

  /** Nothing is left on the drained node. */
  record Drained() implements SchedulingEffect {}
}
