package io.godwit.policy.load;

import io.godwit.core.NodeId;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A load vector of fixed width: what a node knows about a few others, freshest first. When it is
 * full, a fresher record takes the place of the oldest one; since messages come from random nodes,
 * the vector is a random part of the cluster (Barak and Shiloh 1985). Small enough for linear
 * search.
 */
public final class LoadVector extends AbstractList<LoadRecord> {
  private final NodeId self;
  private final @Nullable LoadRecord[] slots;

  /** The hashes of the nodes in the slots: almost every search ends without touching a record. */
  private final int[] hashes;

  private final long[] sequences;
  private final int selfHash;
  private int used;

  /**
   * @param self records about this node are never taken
   * @param width the most records held, at least 1
   */
  public LoadVector(NodeId self, int width) {
    if (width < 1) {
      throw new IllegalArgumentException("a load vector holds at least one record, not " + width);
    }
    this.self = self;
    this.slots = new LoadRecord[width];
    this.hashes = new int[width];
    this.sequences = new long[width];
    this.selfHash = self.hashCode();
  }

  /**
   * Takes the record if it tells something new.
   *
   * @param shiftNanos added to its time, to bring it to the clock of this node
   * @return whether the vector changed
   */
  public boolean merge(LoadRecord record, long shiftNanos) {
    int hash = record.nodeHash();
    if (hash == selfHash && record.node().equals(self)) {
      return false;
    }
    int at = indexOf(record.node(), hash);
    if (at >= 0) {
      if (sequences[at] >= record.sequence()) {
        return false;
      }
      removeAt(at);
    } else if (used == slots.length) {
      if (get(used - 1).takenNanos() >= record.takenNanos() + shiftNanos) {
        return false;
      }
      removeAt(used - 1);
    }
    insert(record.shiftedBy(shiftNanos));
    return true;
  }

  /** Forgets records that are older than the limit. */
  public void expire(long nowNanos, long maxAgeNanos) {
    while (used > 0 && get(used - 1).ageNanos(nowNanos) > maxAgeNanos) {
      removeAt(used - 1);
    }
  }

  /** Forgets a node. */
  public void forget(NodeId node) {
    int at = indexOf(node, node.hashCode());
    if (at >= 0) {
      removeAt(at);
    }
  }

  /** The record about the node, or null. */
  public @Nullable LoadRecord find(NodeId node) {
    int at = indexOf(node, node.hashCode());
    return at < 0 ? null : get(at);
  }

  /** The freshest records, at most {@code count}, as a copy. */
  public List<LoadRecord> newest(int count) {
    return List.copyOf(subList(0, Math.min(count, used)));
  }

  /** How many of the records are at most this old. */
  public int countWithin(long nowNanos, long maxAgeNanos) {
    int count = 0;
    while (count < used && get(count).ageNanos(nowNanos) <= maxAgeNanos) {
      count++;
    }
    return count;
  }

  @Override
  public LoadRecord get(int index) {
    LoadRecord record = index < used ? slots[index] : null;
    if (record == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return record;
  }

  @Override
  public int size() {
    return used;
  }

  private int indexOf(NodeId node, int hash) {
    for (int i = 0; i < used; i++) {
      if (hashes[i] == hash && get(i).node().equals(node)) {
        return i;
      }
    }
    return -1;
  }

  private void removeAt(int at) {
    System.arraycopy(slots, at + 1, slots, at, used - at - 1);
    System.arraycopy(hashes, at + 1, hashes, at, used - at - 1);
    System.arraycopy(sequences, at + 1, sequences, at, used - at - 1);
    used--;
    Arrays.fill(slots, used, used + 1, null);
  }

  private void insert(LoadRecord record) {
    int at = used;
    while (at > 0 && get(at - 1).takenNanos() < record.takenNanos()) {
      slots[at] = slots[at - 1];
      hashes[at] = hashes[at - 1];
      sequences[at] = sequences[at - 1];
      at--;
    }
    slots[at] = record;
    hashes[at] = record.nodeHash();
    sequences[at] = record.sequence();
    used++;
  }
}
