package io.godwit.node.cluster;

import io.godwit.core.NodeId;
import java.util.List;
import java.util.Map;

/**
 * How far the emptying of a node has come.
 *
 * @param left what still has to leave
 * @param gone what has left, and where to
 * @param moving moves that are under way or wait for their turn
 */
record Departing(List<Left> left, Map<String, NodeId> gone, int moving) {
  /**
   * A process that still has to leave.
   *
   * @param why it has not yet; empty where it is on its way or nothing is known
   */
  record Left(String pod, String why) {}
}
