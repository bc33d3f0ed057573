package io.godwit.policy.scheduling;

import io.godwit.policy.load.ProcessKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The latest decisions of a node, for {@code godwit explain}. */
public final class DecisionLog {
  /** Decisions kept. */
  public static final int CAPACITY = 1024;

  private final Deque<Decision> decisions = new ArrayDeque<>();

  void add(Decision decision) {
    if (decisions.size() == CAPACITY) {
      decisions.removeFirst();
    }
    decisions.addLast(decision);
  }

  /** The decisions about a process or in which it was rejected, latest last. */
  public List<Decision> about(ProcessKey process) {
    String name = process.toString();
    return decisions.stream()
        .filter(
            d ->
                process.equals(d.process())
                    || d.rejected().stream().anyMatch(r -> r.subject().equals(name)))
        .toList();
  }

  /** All decisions kept, latest last. */
  public List<Decision> all() {
    return List.copyOf(decisions);
  }
}
