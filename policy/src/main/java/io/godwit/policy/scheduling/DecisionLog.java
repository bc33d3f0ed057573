package io.godwit.policy.scheduling;

import io.godwit.policy.load.ProcessKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The latest decisions of a node, for {@code godwit explain}. */
public final class DecisionLog {
  /** Decisions kept by a daemon. */
  public static final int CAPACITY = 1024;

  private final int capacity;

  private final Deque<Decision> decisions = new ArrayDeque<>();
  private final Map<Decision.Kind, Long> counts = new EnumMap<>(Decision.Kind.class);

  DecisionLog(int capacity) {
    this.capacity = capacity;
  }

  void add(Decision decision) {
    counts.merge(decision.kind(), 1L, Long::sum);
    Decision last = decisions.peekLast();
    if (last != null && idle(last) && idle(decision)) {
      // Of a row of periods in which nothing moved, the latest tells all.
      decisions.removeLast();
    }
    if (decisions.size() == capacity) {
      decisions.removeFirst();
    }
    decisions.addLast(decision);
  }

  private static boolean idle(Decision decision) {
    return decision.kind() == Decision.Kind.STAY && decision.process() == null;
  }

  /** The decisions about a process or in which it was rejected, latest last. */
  public List<Decision> about(ProcessKey process) {
    return decisions.stream()
        .filter(
            d ->
                process.equals(d.process())
                    || d.rejected().stream().anyMatch(r -> r.concerns(process)))
        .toList();
  }

  /** How many of each kind there were, forgotten ones included. */
  public Map<Decision.Kind, Long> counts() {
    return Map.copyOf(counts);
  }

  /** All decisions kept, latest last. */
  public List<Decision> all() {
    return List.copyOf(decisions);
  }
}
