package io.godwit.node.cluster;

import io.godwit.core.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What goes round about who is dead and who is not (Das, Gupta and Motivala's SWIM, 2002): a word
 * rides on the notes that are sent anyway, each node tells it a few times, and within a number of
 * rounds that grows with the logarithm of the cluster all have heard it.
 *
 * <p>Words are ordered by the incarnation of the node that they are about, which that node alone
 * raises: when it hears that it is dead. Of two words with the same incarnation the one that says
 * dead counts.
 */
final class Hearsay {
  private final NodeId self;
  private final Map<NodeId, Word> words = new TreeMap<>();
  private long incarnation;
  private int tellings = ClusterLimits.RUMOUR_TELLINGS;

  /** A word that goes round. */
  record Rumour(NodeId node, long incarnation, boolean dead) {}

  /** What a word was to this node. */
  enum News {
    /** Known already, out of date, or about a stranger. */
    NONE,
    DEAD,
    ALIVE
  }

  private static final class Word {
    final Rumour rumour;
    int told;

    Word(Rumour rumour) {
      this.rumour = rumour;
    }
  }

  /**
   * @param incarnation above every one that this node has used before, for example the wall-clock
   *     time at the start of the daemon
   */
  Hearsay(NodeId self, long incarnation) {
    this.self = self;
    this.incarnation = incarnation;
  }

  void members(Collection<NodeId> members) {
    words.keySet().retainAll(members);
    int doublings = Integer.SIZE - Integer.numberOfLeadingZeros(members.size());
    tellings = ClusterLimits.RUMOUR_TELLINGS * Math.max(1, doublings);
  }

  /** This node's own. */
  long incarnation() {
    return incarnation;
  }

  /** This node has found out itself that another does not answer. */
  void dead(NodeId node) {
    Word known = words.get(node);
    long last = known == null ? 0 : known.rumour.incarnation();
    if (known == null || !known.rumour.dead()) {
      words.put(node, new Word(new Rumour(node, last, true)));
    }
  }

  /** A node has told its own incarnation. */
  void speaks(NodeId node, long ofNode) {
    Word known = words.get(node);
    if (!node.equals(self) && (known == null || known.rumour.incarnation() < ofNode)) {
      Word word = new Word(new Rumour(node, ofNode, false));
      // Only who was called dead has to be called alive.
      word.told = known != null && known.rumour.dead() ? 0 : Integer.MAX_VALUE;
      words.put(node, word);
    }
  }

  /** Takes a word that somebody tells. */
  News take(Rumour told) {
    if (told.node().equals(self)) {
      if (told.dead() && told.incarnation() >= incarnation) {
        incarnation = told.incarnation() + 1;
        words.put(self, new Word(new Rumour(self, incarnation, false)));
      }
      return News.NONE;
    }
    Word known = words.get(told.node());
    if (known != null && !newer(told, known.rumour)) {
      if (newer(known.rumour, told) && known.rumour.dead() != told.dead()) {
        // Who tells it has missed what came after: that goes round once more.
        known.told = 0;
      }
      return News.NONE;
    }
    words.put(told.node(), new Word(told));
    return told.dead() ? News.DEAD : News.ALIVE;
  }

  private static boolean newer(Rumour one, Rumour other) {
    return one.incarnation() > other.incarnation()
        || (one.incarnation() == other.incarnation() && one.dead() && !other.dead());
  }

  /** What a note to that node carries: what was told least, and what the node should deny. */
  List<Rumour> tell(NodeId to) {
    List<Word> due = new ArrayList<>();
    for (Word word : words.values()) {
      if (word.told < tellings || (word.rumour.node().equals(to) && word.rumour.dead())) {
        due.add(word);
      }
    }
    due.sort(
        Comparator.comparing((Word word) -> !word.rumour.node().equals(to))
            .thenComparingInt(word -> word.told));
    List<Rumour> rumours = new ArrayList<>();
    for (Word word : due.subList(0, Math.min(ClusterLimits.RUMOURS, due.size()))) {
      word.told += word.told < tellings ? 1 : 0;
      rumours.add(word.rumour);
    }
    return rumours;
  }
}
