package io.godwit.policy.load;

import io.godwit.core.NodeId;
import java.util.List;

/** What can happen to a load layer. */
public sealed interface LoadEvent {
  /** The time asked for with {@link Dissemination#wakeNanos()} has come, or passed. */
  record Tick() implements LoadEvent {
    public static final Tick TICK = new Tick();
  }

  /** The local collector has new figures. */
  record Collected(NodeLoad load) implements LoadEvent {}

  /** A message came in. */
  record Received(LoadMessage message) implements LoadEvent {}

  /** The members of the cluster, oldest first and the same order on all nodes. */
  record Members(List<NodeId> members) implements LoadEvent {}

  /** The failure detector no longer believes that the node is alive. */
  record Suspected(NodeId node) implements LoadEvent {}

  /** The scheduler wants to know about candidates now. */
  record Wanted(int candidates) implements LoadEvent {}
}
