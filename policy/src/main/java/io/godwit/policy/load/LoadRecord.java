package io.godwit.policy.load;

import io.godwit.core.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * What somebody knows about one node. A value; not a record, because the node's hash is kept with
 * it: load vectors compare little else, thousands of times a second.
 */
public final class LoadRecord {
  private final NodeId node;
  private final NodeLoad load;
  private final long sequence;
  private final long takenNanos;
  private final int nodeHash;

  /**
   * @param sequence rises with each collection on that node, also over restarts of its daemon
   * @param takenNanos when it was taken, by the clock of the one who holds the record
   */
  public LoadRecord(NodeId node, NodeLoad load, long sequence, long takenNanos) {
    this(node, load, sequence, takenNanos, node.hashCode());
  }

  private LoadRecord(NodeId node, NodeLoad load, long sequence, long takenNanos, int nodeHash) {
    this.node = node;
    this.load = load;
    this.sequence = sequence;
    this.takenNanos = takenNanos;
    this.nodeHash = nodeHash;
  }

  /** The node that it is about. */
  public NodeId node() {
    return node;
  }

  public NodeLoad load() {
    return load;
  }

  /** Rises with each collection on that node. */
  public long sequence() {
    return sequence;
  }

  /** When it was taken, by the clock of the one who holds the record. */
  public long takenNanos() {
    return takenNanos;
  }

  int nodeHash() {
    return nodeHash;
  }

  /** How old the knowledge is, never negative. */
  public long ageNanos(long nowNanos) {
    return Math.max(0, nowNanos - takenNanos);
  }

  /** The record in the terms of a clock that is ahead by the given difference. */
  public LoadRecord shiftedBy(long nanos) {
    return nanos == 0 ? this : new LoadRecord(node, load, sequence, takenNanos + nanos, nodeHash);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LoadRecord record
        && node.equals(record.node)
        && load.equals(record.load)
        && sequence == record.sequence
        && takenNanos == record.takenNanos;
  }

  @Override
  public int hashCode() {
    return 31 * nodeHash + Long.hashCode(sequence);
  }

  @Override
  public String toString() {
    return node + " #" + sequence + ": " + load;
  }
}
