package io.godwit.node.cluster;

import io.godwit.core.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Failure detection by silence. A node watches the next few that live in the order of the members:
 * whoever of them says nothing for a while is asked for a sign of life, and so is everybody who did
 * not answer something else. Who is asked in vain for longer is suspected until it speaks again; a
 * suspicion is told to all others, see {@link Hearsay}, so that what a node does for it does not
 * grow with the cluster. It costs nothing but a place in the scheduler's choice: ownership never
 * depends on it.
 */
final class Liveness {
  private final NodeId self;
  private final long probeAfterNanos;
  private final long patienceNanos;
  private final int watched;
  private final NavigableMap<NodeId, Long> heard = new TreeMap<>();
  private final Map<NodeId, Long> asked = new TreeMap<>();
  private final Map<NodeId, Long> unansweredSince = new TreeMap<>();
  private final Set<NodeId> suspected = new HashSet<>();

  /**
   * @param probeAfterNanos who is silent for that long is asked
   * @param suspectAfterNanos who is silent for that long, and was asked, is suspected
   * @param watched how many nodes that live are watched
   */
  Liveness(NodeId self, long probeAfterNanos, long suspectAfterNanos, int watched) {
    this.self = self;
    this.probeAfterNanos = probeAfterNanos;
    this.patienceNanos = suspectAfterNanos - probeAfterNanos;
    this.watched = watched;
  }

  /** The members now; a new one counts as heard of. */
  void members(Collection<NodeId> members, long nowNanos) {
    heard.keySet().retainAll(members);
    asked.keySet().retainAll(members);
    unansweredSince.keySet().retainAll(members);
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
      unansweredSince.remove(node);
      suspected.remove(node);
    }
  }

  /** Something was said to the node that it has to answer. */
  void asked(NodeId node, long nowNanos) {
    if (heard.containsKey(node)) {
      asked.put(node, nowNanos);
      unansweredSince.putIfAbsent(node, nowNanos);
    }
  }

  /** This node itself stood still: nobody is to blame for answers that it did not hear. */
  void pardon() {
    unansweredSince.clear();
  }

  /** Who is to be asked for a sign of life now: those asked longest ago first. */
  List<NodeId> probes(int most, long nowNanos) {
    Set<NodeId> concerned = new HashSet<>(unansweredSince.keySet());
    concerned.removeAll(suspected);
    concerned.addAll(watched());
    List<NodeId> due = new ArrayList<>();
    for (NodeId node : concerned) {
      long at = heard.getOrDefault(node, nowNanos);
      long last = asked.getOrDefault(node, nowNanos - probeAfterNanos);
      if (nowNanos - at >= probeAfterNanos && nowNanos - last >= probeAfterNanos) {
        due.add(node);
      }
    }
    due.sort(
        Comparator.comparingLong((NodeId node) -> asked.getOrDefault(node, Long.MIN_VALUE))
            .thenComparing(Comparator.naturalOrder()));
    List<NodeId> now = due.size() > most ? List.copyOf(due.subList(0, most)) : due;
    now.forEach(node -> asked(node, nowNanos));
    return now;
  }

  /** The next in the order of the members that live, and the suspected between them. */
  private List<NodeId> watched() {
    List<NodeId> around = new ArrayList<>(heard.tailMap(self, false).keySet());
    around.addAll(heard.headMap(self, false).keySet());
    List<NodeId> watch = new ArrayList<>();
    int living = 0;
    for (NodeId node : around) {
      if (living >= watched || watch.size() >= ClusterLimits.PROBES_AT_ONCE) {
        break;
      }
      watch.add(node);
      living += suspected.contains(node) ? 0 : 1;
    }
    return watch;
  }

  /** Who has become suspected since the last call. */
  List<NodeId> suspects(long nowNanos) {
    List<NodeId> fresh = new ArrayList<>();
    unansweredSince.forEach(
        (node, since) -> {
          if (nowNanos - since >= patienceNanos && suspected.add(node)) {
            fresh.add(node);
          }
        });
    return fresh;
  }

  /** Others say that it is dead. Gives back whether that is news. */
  boolean suspect(NodeId node) {
    return heard.containsKey(node) && suspected.add(node);
  }

  /** Others say that it is dead, but it has just been heard: it is asked. */
  void doubt(NodeId node, long nowNanos) {
    if (heard.containsKey(node)) {
      unansweredSince.putIfAbsent(node, nowNanos);
    }
  }

  /** It says through others that it lives. */
  void cleared(NodeId node) {
    unansweredSince.remove(node);
    suspected.remove(node);
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
