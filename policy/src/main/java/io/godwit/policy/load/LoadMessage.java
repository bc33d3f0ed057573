package io.godwit.policy.load;

import io.godwit.core.NodeId;
import java.util.List;

/**
 * What the load layers of two nodes say to each other. {@code sentNanos} is by the sender's clock,
 * as are the times of the records inside.
 */
public sealed interface LoadMessage {
  /** Envelope, sender and kind in the node protocol, in bytes. */
  int HEADER_BYTES = 32;

  /** One record in the node protocol, in bytes, with room for a name and a few resources. */
  int RECORD_BYTES = 96;

  NodeId from();

  long sentNanos();

  List<LoadRecord> records();

  /** Bytes that it takes on the wire. */
  default int wireBytes() {
    return HEADER_BYTES + RECORD_BYTES * records().size();
  }

  /** A part of a load vector; the receiver answers with its own load where that is wanted. */
  record Vector(NodeId from, long sentNanos, List<LoadRecord> records, boolean replyWanted)
      implements LoadMessage {}

  /** A node tells its master its load. */
  record Report(NodeId from, long sentNanos, List<LoadRecord> records) implements LoadMessage {}

  /** The master has taken a report. */
  record Taken(NodeId from, long sentNanos) implements LoadMessage {
    @Override
    public List<LoadRecord> records() {
      return List.of();
    }
  }

  /** The receiver of a report is not the master; it believes that {@code master} is. */
  record NotMaster(NodeId from, long sentNanos, NodeId master) implements LoadMessage {
    @Override
    public List<LoadRecord> records() {
      return List.of();
    }
  }

  /** Asks for the least loaded nodes, {@code wanted} of them, or for the receiver's own load. */
  record Query(NodeId from, long sentNanos, int wanted) implements LoadMessage {
    @Override
    public List<LoadRecord> records() {
      return List.of();
    }
  }

  /** The answer to a {@link Query}. */
  record Answer(NodeId from, long sentNanos, List<LoadRecord> records) implements LoadMessage {}
}
