package io.godwit.simulator;

import java.util.Arrays;

/**
 * The times at which a node is going to be looked at, the soonest last. Completions change with
 * each arrival, and an event cannot be taken out of the queue: a look is only added where it is
 * sooner than all that are to come, since the one that comes looks for the next. So few are ever
 * under way, where an event for each change would fill the queue with events of no use.
 */
final class Looks {
  private long[] times = new long[4];
  private int count;

  /** Adds a look unless one at that time or sooner is to come; whether it was added. */
  boolean add(long timeNanos) {
    if (timeNanos == Long.MAX_VALUE || (count > 0 && times[count - 1] <= timeNanos)) {
      return false;
    }
    if (count == times.length) {
      times = Arrays.copyOf(times, 2 * count);
    }
    times[count++] = timeNanos;
    return true;
  }

  /** The soonest look takes place. */
  void removeFirst() {
    if (count == 0) {
      throw new IllegalStateException("no look was to come");
    }
    count--;
  }
}
