package io.godwit.policy.scheduling;

import io.godwit.core.NodeId;
import io.godwit.policy.load.NodeLoad;
import io.godwit.policy.load.ProcessKey;
import io.godwit.policy.load.ProcessLoad;
import java.util.Set;

/** What can happen to a scheduler. */
public sealed interface SchedulingEvent {
  /** A period has passed. */
  record Tick() implements SchedulingEvent {
    public static final Tick TICK = new Tick();
  }

  /**
   * A process is about to start and may be started elsewhere.
   *
   * @param full nodes, this one perhaps among them, that it is not to start on
   */
  record PlacementWanted(ProcessLoad process, ResourceExpression needs, Set<NodeId> full)
      implements SchedulingEvent {
    public PlacementWanted {
      full = Set.copyOf(full);
    }

    /** On any node that has what it needs. */
    public PlacementWanted(ProcessLoad process, ResourceExpression needs) {
      this(process, needs, Set.of());
    }
  }

  /** What a process needs of any node that it is moved to. */
  record Needs(ProcessKey process, ResourceExpression needs) implements SchedulingEvent {}

  /** A process has started here. */
  record Started(ProcessKey process) implements SchedulingEvent {}

  /** A process has ended here. */
  record Ended(ProcessKey process) implements SchedulingEvent {}

  /** The candidates asked for are in the view. */
  record ViewReady() implements SchedulingEvent {
    public static final ViewReady READY = new ViewReady();
  }

  /** An underloaded node asks this one for work. */
  record WorkWanted(NodeId from, NodeLoad load) implements SchedulingEvent {}

  /** The node that was asked for work has none to give. */
  record NoWork(NodeId from) implements SchedulingEvent {}

  /** A node asks whether it may send a process here. */
  record AdmissionAsked(NodeId from, ProcessLoad process) implements SchedulingEvent {}

  /** A process that was admitted does not come after all. */
  record Withdrawn(ProcessKey process) implements SchedulingEvent {}

  /** A process has come here from another node. */
  record Arrived(ProcessKey process) implements SchedulingEvent {}

  /**
   * A migration away from here is over.
   *
   * @param bytes moved, while the process ran, was frozen and after
   * @param nanos for which the process did not get on with its work
   */
  record MigrationEnded(ProcessKey process, NodeId to, Outcome outcome, long bytes, long nanos)
      implements SchedulingEvent {}

  /** How a migration went. */
  enum Outcome {
    DONE,
    /** The node takes nothing at present. */
    REFUSED,
    /** The node lacks something that this process needs, or the process cannot be moved. */
    UNSUITABLE,
    FAILED
  }

  /** Somebody sits down at this node. */
  record OwnerReturned() implements SchedulingEvent {}

  /** Nobody has been at this node for a while. */
  record OwnerLeft() implements SchedulingEvent {}

  /** A guest uses more than it was lent (Butler). */
  record LimitExceeded(ProcessKey process, String what) implements SchedulingEvent {}

  /** Fairness takes back what a user's processes use here, at most so many of them. */
  record Reclaim(String user, int processes) implements SchedulingEvent {}

  /** Everything has to leave this node. */
  record Drain() implements SchedulingEvent {}

  /** The node may be used again. */
  record Undrain() implements SchedulingEvent {}
}
