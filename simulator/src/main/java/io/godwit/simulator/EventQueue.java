package io.godwit.simulator;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A heap of events ordered by (time, sequence), four children to a node: half the levels of a
 * binary heap, and the times of four brothers lie in one cache line. Time is long nanoseconds:
 * unlike a double it does not lose precision as a run gets longer, and the sequence makes events of
 * one instant come in the order in which they were scheduled.
 */
final class EventQueue {
  /** What happens when its time has come. */
  interface Action {
    void run(long nowNanos);
  }

  private static final int CHILDREN_BITS = 2;
  private static final int CHILDREN = 1 << CHILDREN_BITS;

  private long[] times = new long[1024];
  private long[] sequences = new long[1024];
  private @Nullable Action[] actions = new Action[1024];
  private int size;
  private long nextSequence;
  private long nowNanos;
  private long processed;
  private boolean stopped;

  /** Schedules the action; a time in the past means now. */
  void at(long timeNanos, Action action) {
    if (size == times.length) {
      int larger = size * 2;
      times = Arrays.copyOf(times, larger);
      sequences = Arrays.copyOf(sequences, larger);
      actions = Arrays.copyOf(actions, larger);
    }
    int hole = size++;
    long time = Math.max(timeNanos, nowNanos);
    long sequence = nextSequence++;
    while (hole > 0) {
      int parent = (hole - 1) >>> CHILDREN_BITS;
      // Later sequence: on equal time the newcomer stays below.
      if (times[parent] <= time) {
        break;
      }
      move(parent, hole);
      hole = parent;
    }
    times[hole] = time;
    sequences[hole] = sequence;
    actions[hole] = action;
  }

  /** Runs events until none is left or the next lies beyond the end. */
  void runUntil(long endNanos) {
    stopped = false;
    while (size > 0 && times[0] <= endNanos && !stopped) {
      nowNanos = times[0];
      Action action = removeFirst();
      processed++;
      action.run(nowNanos);
    }
    if (!stopped && endNanos != Long.MAX_VALUE) {
      nowNanos = Math.max(nowNanos, endNanos);
    }
  }

  /** Lets {@link #runUntil} return after the event that is running. */
  void stop() {
    stopped = true;
  }

  /** The virtual time. */
  long nowNanos() {
    return nowNanos;
  }

  /** Events that have happened. */
  long processed() {
    return processed;
  }

  /** Events that wait. */
  int size() {
    return size;
  }

  private Action removeFirst() {
    Action first = actions[0];
    size--;
    if (size > 0) {
      long time = times[size];
      long sequence = sequences[size];
      Action last = actions[size];
      int hole = 0;
      while (true) {
        int child = firstOfChildren(hole);
        if (child < 0) {
          break;
        }
        if (time < times[child] || (time == times[child] && sequence < sequences[child])) {
          break;
        }
        move(child, hole);
        hole = child;
      }
      times[hole] = time;
      sequences[hole] = sequence;
      actions[hole] = last;
    }
    actions[size] = null;
    if (first == null) {
      throw new IllegalStateException("an event without an action");
    }
    return first;
  }

  /** The child whose turn comes first, or -1 where there is none. */
  private int firstOfChildren(int parent) {
    int child = (parent << CHILDREN_BITS) + 1;
    if (child >= size) {
      return -1;
    }
    int end = Math.min(child + CHILDREN, size);
    int first = child;
    for (int other = child + 1; other < end; other++) {
      if (before(other, first)) {
        first = other;
      }
    }
    return first;
  }

  private boolean before(int a, int b) {
    return times[a] < times[b] || (times[a] == times[b] && sequences[a] < sequences[b]);
  }

  private void move(int from, int to) {
    times[to] = times[from];
    sequences[to] = sequences[from];
    actions[to] = actions[from];
  }
}
