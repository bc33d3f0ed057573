package io.godwit.policy.load;

import io.godwit.core.NodeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node knows about the others. It never holds a record about the node itself. */
public interface LoadView {
  /** A view that knows nothing. */
  LoadView NOTHING =
      new LoadView() {
        @Override
        public List<LoadRecord> records(long nowNanos) {
          return List.of();
        }

        @Override
        public @Nullable LoadRecord find(NodeId node) {
          return null;
        }
      };

  /** The records that are not too old, freshest first. The list may be a live one: read at once. */
  List<LoadRecord> records(long nowNanos);

  /** What is known about one node, however old, or null. */
  @Nullable LoadRecord find(NodeId node);

  /** The cluster's members other than this node, for policies that ask nodes at random. */
  default List<NodeId> others() {
    return List.of();
  }
}
