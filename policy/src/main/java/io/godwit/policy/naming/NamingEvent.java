package io.godwit.policy.naming;

import io.godwit.core.Epoch;
import io.godwit.core.NodeId;
import io.godwit.policy.load.ProcessKey;

/** What can happen to a node's naming. */
public sealed interface NamingEvent {
  /** Somebody here wants to reach the process. */
  record Wanted(ProcessKey process) implements NamingEvent {}

  /** The process runs here from now on. */
  record Here(ProcessKey process, Epoch epoch) implements NamingEvent {}

  /** The process has left this node for another. */
  record Left(ProcessKey process, NodeId to, Epoch epoch) implements NamingEvent {}

  /** The process has ended. */
  record Ended(ProcessKey process) implements NamingEvent {}

  /** A message came in. */
  record Received(NodeId from, NamingMessage message) implements NamingEvent {}

  /** A node is gone. */
  record Lost(NodeId node) implements NamingEvent {}

  /** A period has passed: searches that took too long are given up. */
  record Tick() implements NamingEvent {
    public static final Tick TICK = new Tick();
  }
}
