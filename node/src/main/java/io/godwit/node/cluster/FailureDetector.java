package io.godwit.node.cluster;

import io.godwit.core.NodeId;
import io.godwit.policy.load.LoadMessage;
import io.godwit.policy.load.LoadRecord;
import io.godwit.wire.proto.LoadNote;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Who of the others is believed dead: by what this node hears and does not hear itself, and by what
 * goes round. A node's own word counts more than any rumour about it. For the scheduler's thread
 * alone but for {@link #incarnation}.
 */
final class FailureDetector {
  private static final Logger LOG = System.getLogger(FailureDetector.class.getName());

  private final Liveness liveness;
  private final Hearsay hearsay;
  private volatile long incarnation;
  private long lookedAt;

  FailureDetector(NodeId self, long nowNanos) {
    this.liveness =
        new Liveness(
            self,
            ClusterLimits.PROBE_AFTER.toNanos(),
            ClusterLimits.SUSPECT_AFTER.toNanos(),
            ClusterLimits.WATCHED);
    this.hearsay = new Hearsay(self, System.currentTimeMillis());
    this.incarnation = hearsay.incarnation();
    this.lookedAt = nowNanos;
  }

  /** Of this node, to be told with each answer. Safe from any thread. */
  long incarnation() {
    return incarnation;
  }

  boolean suspected(NodeId node) {
    return liveness.suspected(node);
  }

  /**
   * Looks at who is silent, once a scheduling period.
   *
   * @return who is to be asked for a sign of life
   */
  List<NodeId> look(Collection<NodeId> members, long nowNanos) {
    liveness.members(members, nowNanos);
    hearsay.members(members);
    if (nowNanos - lookedAt >= ClusterLimits.PROBE_AFTER.toNanos()) {
      liveness.pardon();
    }
    lookedAt = nowNanos;
    return liveness.probes(ClusterLimits.PROBES_AT_ONCE, nowNanos);
  }

  /** Who was asked in vain for too long since the last call. */
  List<NodeId> silent(long nowNanos) {
    List<NodeId> silent = liveness.suspects(nowNanos);
    for (NodeId node : silent) {
      LOG.log(Level.INFO, "node {0} is silent and suspected", node);
      hearsay.dead(node);
    }
    return silent;
  }

  /** A note goes to that node. */
  LoadNote.Builder stamp(NodeId to, LoadNote.Builder note) {
    hearsay.tell(to).forEach(rumour -> note.addRumours(LoadCodec.encode(rumour)));
    return note.setIncarnation(incarnation);
  }

  /** A note is on its way. */
  void asked(NodeId node, long nowNanos) {
    liveness.asked(node, nowNanos);
  }

  /** A node speaks or answers. */
  void heard(NodeId node, long ofNode, long nowNanos) {
    liveness.heard(node, nowNanos);
    hearsay.speaks(node, ofNode);
  }

  /**
   * What a node has told of others.
   *
   * @return who is believed dead from now on
   */
  List<NodeId> told(List<Hearsay.Rumour> rumours, long nowNanos) {
    List<NodeId> dead = new ArrayList<>();
    for (Hearsay.Rumour rumour : rumours) {
      NodeId node = rumour.node();
      long silence = liveness.silenceNanos(node, nowNanos);
      Hearsay.News news = hearsay.take(rumour);
      if (news == Hearsay.News.ALIVE) {
        liveness.cleared(node);
      } else if (news == Hearsay.News.DEAD) {
        if (silence < ClusterLimits.PROBE_AFTER.toNanos()) {
          liveness.doubt(node, nowNanos);
        } else if (liveness.suspect(node)) {
          dead.add(node);
        }
      }
    }
    incarnation = hearsay.incarnation();
    return dead;
  }

  /** A message without what it says about the dead: their load is of the past. */
  LoadMessage believed(LoadMessage message) {
    List<LoadRecord> records =
        message.records().stream()
            .filter(each -> each.node().equals(message.from()) || !suspected(each.node()))
            .toList();
    if (records.size() == message.records().size()) {
      return message;
    }
    long sent = message.sentNanos();
    return switch (message) {
      case LoadMessage.Vector vector ->
          new LoadMessage.Vector(vector.from(), sent, records, vector.replyWanted());
      case LoadMessage.Report report -> new LoadMessage.Report(report.from(), sent, records);
      case LoadMessage.Answer answer -> new LoadMessage.Answer(answer.from(), sent, records);
      case LoadMessage.Taken none -> none;
      case LoadMessage.NotMaster none -> none;
      case LoadMessage.Query none -> none;
    };
  }
}
