package io.godwit.node.cluster;

import io.godwit.core.NodeId;
import io.godwit.policy.load.LoadRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The last that was asked of each node's load, where the load layer keeps it no longer. */
final class LastSeen {
  private final Map<NodeId, LoadRecord> seen = new HashMap<>();

  void remember(List<LoadRecord> records) {
    records.forEach(record -> seen.put(record.node(), record));
  }

  void forget(NodeId node) {
    seen.remove(node);
  }

  /**
   * What is known of a node, or null.
   *
   * @param fresh what the load layer says of it
   */
  @Nullable LoadRecord known(@Nullable LoadRecord fresh, NodeId node) {
    LoadRecord old = seen.get(node);
    return fresh != null && (old == null || fresh.takenNanos() >= old.takenNanos()) ? fresh : old;
  }
}
