package io.godwit.policy.scheduling;

import io.godwit.core.NodeId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Shares idle nodes between users as Sprite's migd did (survey section 5.2): one user may have all
 * of them while nobody else asks; when another asks, those who have more than their share lose
 * some. Stepped by its owner, the node that collects for the others.
 */
public final class FairAllocator {
  /** What can happen. */
  public sealed interface Event {
    /** A user wants so many nodes in total; 0 wants none any more. */
    record Wants(String user, int nodes) implements Event {}

    /** A node may be lent. */
    record Idle(NodeId node) implements Event {}

    /** A node may no longer be lent: its owner is back or it is gone. */
    record Busy(NodeId node) implements Event {}
  }

  /** What is to be done. */
  public sealed interface Effect {
    /** The user may use the node. */
    record Grant(String user, NodeId node) implements Effect {}

    /** The user's processes leave the node. */
    record Reclaim(String user, NodeId node) implements Effect {}
  }

  private final Map<String, Integer> wanted = new LinkedHashMap<>();
  private final Map<NodeId, String> lent = new TreeMap<>();
  private final TreeSet<NodeId> free = new TreeSet<>();

  /** Takes one event and says what follows; the time plays no part. */
  public List<Effect> on(Event event, long nowNanos) {
    List<Effect> effects = new ArrayList<>();
    switch (event) {
      case Event.Wants(String user, int nodes) -> {
        if (nodes > 0) {
          wanted.put(user, nodes);
        } else {
          wanted.remove(user);
        }
        giveBack(user, nodes, effects);
      }
      case Event.Idle(NodeId node) -> {
        if (!lent.containsKey(node)) {
          free.add(node);
        }
      }
      case Event.Busy(NodeId node) -> {
        free.remove(node);
        String user = lent.remove(node);
        if (user != null) {
          effects.add(new Effect.Reclaim(user, node));
        }
      }
    }
    balance(effects);
    return effects;
  }

  /** How many nodes the user has. */
  public int has(String user) {
    return (int) lent.values().stream().filter(user::equals).count();
  }

  private void giveBack(String user, int keeps, List<Effect> effects) {
    while (has(user) > keeps) {
      take(user, effects);
    }
  }

  private void take(String user, List<Effect> effects) {
    NodeId node =
        lent.entrySet().stream()
            .filter(entry -> entry.getValue().equals(user))
            .map(Map.Entry::getKey)
            .reduce((first, last) -> last)
            .orElseThrow();
    lent.remove(node);
    free.add(node);
    effects.add(new Effect.Reclaim(user, node));
  }

  /**
   * Gives to whoever has least, and takes from whoever has at least two more than one who waits.
   */
  private void balance(List<Effect> effects) {
    int limit = 2 * (free.size() + lent.size()) + 1;
    for (int step = 0; step < limit; step++) {
      String poorest = null;
      for (String user : wanted.keySet()) {
        if (has(user) < wanted.get(user) && (poorest == null || has(user) < has(poorest))) {
          poorest = user;
        }
      }
      if (poorest == null) {
        return;
      }
      if (free.isEmpty()) {
        String richest = null;
        for (String user : wanted.keySet()) {
          if (richest == null || has(user) > has(richest)) {
            richest = user;
          }
        }
        if (richest == null || has(richest) < has(poorest) + 2) {
          return;
        }
        take(richest, effects);
      }
      NodeId node = free.removeFirst();
      lent.put(node, poorest);
      effects.add(new Effect.Grant(poorest, node));
    }
  }
}
