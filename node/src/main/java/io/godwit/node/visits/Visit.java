package io.godwit.node.visits;

import io.godwit.core.Epoch;
import io.godwit.core.NodeId;

/**
 * A pod's stay at this node.
 *
 * @param epoch under which it ran here
 */
public record Visit(String pod, NodeId home, Epoch epoch) {
  /** Whether a pod that is to arrive is the one that was here. */
  boolean precedes(Visit next) {
    return pod.equals(next.pod) && home.equals(next.home) && epoch.compareTo(next.epoch) < 0;
  }
}
