package io.godwit.policy.naming;

import io.godwit.core.Epoch;
import io.godwit.core.NodeId;

/** Where a process was under an epoch. The one with the highest epoch holds. */
public record Location(NodeId node, Epoch epoch) {
  /** Whether this is later knowledge than the other. */
  public boolean supersedes(Location other) {
    return epoch.compareTo(other.epoch) > 0;
  }
}
