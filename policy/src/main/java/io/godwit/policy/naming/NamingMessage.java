package io.godwit.policy.naming;

import io.godwit.core.NodeId;
import io.godwit.policy.load.ProcessKey;

/** What nodes say to each other about where a process is. */
public sealed interface NamingMessage {
  ProcessKey process();

  /**
   * Where is it? Forwarded along the trail until it meets the process.
   *
   * @param asker who wants to know
   * @param hops nodes that have passed it on
   */
  record Where(ProcessKey process, NodeId asker, int hops) implements NamingMessage {}

  /** It is, or was last known, there. */
  record At(ProcessKey process, Location location) implements NamingMessage {}

  /** It is not known here. */
  record Unknown(ProcessKey process) implements NamingMessage {}
}
