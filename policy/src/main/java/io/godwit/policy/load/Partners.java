package io.godwit.policy.load;

import io.godwit.core.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whom a node gossips with: any of the others, or a random few of them of which one is replaced now
 * and then. Words spread almost as well over such a graph, as it is random too and changes, and a
 * node of a large cluster keeps no connection to each of the others.
 */
final class Partners {
  /** After so many rounds one partner is replaced. */
  static final int RENEWAL_ROUNDS = 30;

  private final NodeId self;
  private final int most;
  private final RandomGenerator random;
  private final List<NodeId> circle = new ArrayList<>();
  private List<NodeId> members = List.of();
  private int rounds;

  /**
   * @param most how many at once, at least 2; 0 for all
   */
  Partners(NodeId self, int most, RandomGenerator random) {
    this.self = self;
    this.most = most;
    this.random = random;
  }

  void among(List<NodeId> now) {
    members = List.copyOf(now);
    circle.retainAll(members);
  }

  /** Whether there is nobody to talk to. */
  boolean alone() {
    return members.size() < 2;
  }

  /** Whether only a few of the members are talked to. */
  boolean limited() {
    return most > 0 && members.size() - 1 > most;
  }

  List<NodeId> others() {
    return members.stream().filter(node -> !node.equals(self)).toList();
  }

  /** A round begins; there is at least one other member. */
  void round() {
    if (!limited()) {
      circle.clear();
      return;
    }
    if (++rounds % RENEWAL_ROUNDS == 0 && !circle.isEmpty()) {
      circle.removeFirst();
    }
    while (circle.size() < most) {
      NodeId node = anyMember();
      if (!circle.contains(node)) {
        circle.add(node);
      }
    }
  }

  /** It does not answer: another takes its place at the next round. */
  void replace(NodeId node) {
    circle.remove(node);
  }

  /** Anyone to talk to; there is at least one. */
  NodeId any() {
    return circle.isEmpty() ? anyMember() : circle.get(random.nextInt(circle.size()));
  }

  /** Anyone of whom there is a record; null where there is none. */
  @Nullable NodeId any(List<LoadRecord> known) {
    List<NodeId> heard = known.stream().map(LoadRecord::node).filter(circle::contains).toList();
    return heard.isEmpty() ? null : heard.get(random.nextInt(heard.size()));
  }

  /** A member other than this node; there are at least two members. */
  private NodeId anyMember() {
    int at = random.nextInt(members.size());
    NodeId node = members.get(at);
    return node.equals(self) ? members.get((at + 1) % members.size()) : node;
  }
}
