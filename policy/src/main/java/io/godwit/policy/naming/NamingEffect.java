package io.godwit.policy.naming;

import io.godwit.core.NodeId;
import io.godwit.policy.load.ProcessKey;

/** What a node's naming wants done. */
public sealed interface NamingEffect {
  /** Send the message. */
  record Send(NodeId to, NamingMessage message) implements NamingEffect {}

  /** Send the message to all members. */
  record Multicast(NamingMessage message) implements NamingEffect {}

  /** What was wanted has been found. */
  record Found(ProcessKey process, Location location) implements NamingEffect {}

  /** What was wanted cannot be found. */
  record NotFound(ProcessKey process, String why) implements NamingEffect {}
}
