package io.godwit.policy.load;

import io.godwit.core.NodeId;

/**
 * What somebody knows about one node.
 *
 * @param sequence rises with each collection on that node, also over restarts of its daemon
 * @param takenNanos when it was taken, by the clock of the one who holds the record
 */
public record LoadRecord(NodeId node, NodeLoad load, long sequence, long takenNanos) {

  /** How old the knowledge is, never negative. */
  public long ageNanos(long nowNanos) {
    return Math.max(0, nowNanos - takenNanos);
  }

  /** The record in the terms of a clock that is ahead by the given difference. */
  public LoadRecord shiftedBy(long nanos) {
    return nanos == 0 ? this : new LoadRecord(node, load, sequence, takenNanos + nanos);
  }
}
