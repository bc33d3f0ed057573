package io.godwit.node.cluster;

import io.godwit.core.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Failure detection by silence: who says nothing for a while is asked for a sign of life, a bounded
 * number at once, and who says nothing for longer is suspected until it speaks again. A suspicion
 * costs nothing but a place in the scheduler's choice: ownership never depends on it.
 */
final class Liveness {
  private final NodeId self;
  private final long probeAfterNanos;
  private final long suspectAfterNanos;
  private final Map<NodeId, Long> heard = new TreeMap<>();
  private final Map<NodeId, Long> probed = new TreeMap<>();
  private final Set<NodeId> suspected = new HashSet<>();

  Liveness(NodeId self, long probeAfterNanos, long suspectAfterNanos) {
    this.self = self;
    this.probeAfterNanos = probeAfterNanos;
    this.suspectAfterNanos = suspectAfterNanos;
  }

  /** The members now; a new one counts as heard of. */
  void members(Collection<NodeId> members, long nowNanos) {
    heard.keySet().retainAll(members);
    probed.keySet().retainAll(members);
    suspected.retainAll(members);
    for (NodeId member : members) {
      if (!member.equals(self)) {
        heard.putIfAbsent(member, nowNanos);
      }
    }
  }

  /** A word of that node has come, or an answer. */
  void heard(NodeId node, long nowNanos) {
    if (heard.containsKey(node)) {
      heard.put(node, nowNanos);
      suspected.remove(node);
    }
  }

  /** Who is to be asked for a sign of life now: those asked longest ago first. */
  List<NodeId> probes(int most, long nowNanos) {
    List<NodeId> due = new ArrayList<>();
    heard.forEach(
        (node, at) -> {
          if (nowNanos - at >= probeAfterNanos
              && nowNanos - probed.getOrDefault(node, nowNanos - probeAfterNanos)
                  >= probeAfterNanos) {
            due.add(node);
          }
        });
    due.sort(
        java.util.Comparator.comparingLong(
            (NodeId node) -> probed.getOrDefault(node, Long.MIN_VALUE)));
    List<NodeId> now = due.size() > most ? List.copyOf(due.subList(0, most)) : due;
    now.forEach(node -> probed.put(node, nowNanos));
    return now;
  }

  /** Who has become suspected since the last call. */
  List<NodeId> suspects(long nowNanos) {
    List<NodeId> fresh = new ArrayList<>();
    heard.forEach(
        (node, at) -> {
          // It must have been asked in vain: nobody speaks without cause.
          boolean asked = probed.getOrDefault(node, Long.MIN_VALUE) >= at;
          if (asked && nowNanos - at >= suspectAfterNanos && suspected.add(node)) {
            fresh.add(node);
          }
        });
    return fresh;
  }

  boolean suspected(NodeId node) {
    return suspected.contains(node);
  }

  /** How long ago the node was heard of; negative where it never was. */
  long silenceNanos(NodeId node, long nowNanos) {
    Long at = heard.get(node);
    return at == null ? -1 : nowNanos - at;
  }
}
