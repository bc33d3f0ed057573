package io.godwit.policy.load;

import io.godwit.core.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One node collects for all: Sprite's migd and LSF's master (survey sections 5.2 and 5.4). Every
 * node reports to the master each period and when its load changes by more than a threshold; a
 * scheduler asks the master for the best nodes. The master is the first member, in the order that
 * all share, that this node does not hold dead; a master that leaves three reports unanswered is
 * held dead, and the next member takes the role with the first report that reaches it.
 */
public final class Central implements Dissemination {
  /**
   * How to report.
   *
   * @param periodNanos time between two reports of a node whose load does not change
   * @param changeThreshold difference in run queue that is reported at once (Sprite's state change)
   * @param maxAgeNanos a node that has not reported for this long is not offered to schedulers
   * @param unansweredReports a master that leaves this many unanswered is held dead
   */
  public record Options(
      long periodNanos, double changeThreshold, long maxAgeNanos, int unansweredReports) {
    /** A report each second, at once on a change by one process; failover within three seconds. */
    public static final Options DEFAULT = new Options(1_000_000_000L, 1.0, 10_000_000_000L, 3);

    public Options {
      if (periodNanos <= 0 || maxAgeNanos < periodNanos || unansweredReports < 1) {
        throw new IllegalArgumentException("not a way to report: period " + periodNanos);
      }
    }
  }

  private static final List<LoadEffect> NOTHING = List.of();

  private final NodeId self;
  private final Options options;
  private final Map<NodeId, LoadRecord> known = new TreeMap<>();
  private final Set<NodeId> dead = new HashSet<>();
  private List<NodeId> members = List.of();
  private @Nullable LoadRecord own;
  private @Nullable NodeId announced;
  private double reportedRunQueue = -1;
  private long sequence;
  private long wakeNanos;
  private int unanswered;

  /** See {@link Gossip} for the parameters. */
  public Central(NodeId self, Options options, long firstSequence, long firstReportNanos) {
    this.self = self;
    this.options = options;
    this.sequence = firstSequence;
    this.wakeNanos = firstReportNanos;
  }

  @Override
  public List<LoadEffect> on(LoadEvent event, long nowNanos) {
    List<LoadEffect> effects = new ArrayList<>(2);
    switch (event) {
      case LoadEvent.Tick tick -> {
        if (nowNanos >= wakeNanos) {
          report(nowNanos, effects);
        }
      }
      case LoadEvent.Collected(NodeLoad load) -> collected(load, nowNanos, effects);
      case LoadEvent.Members(List<NodeId> now) -> {
        members = List.copyOf(now);
        dead.retainAll(members);
        known.keySet().retainAll(members);
      }
      case LoadEvent.Suspected(NodeId node) -> {
        dead.add(node);
        known.remove(node);
      }
      case LoadEvent.Wanted(int candidates) -> wanted(candidates, nowNanos, effects);
      case LoadEvent.Received(LoadMessage message) -> received(message, nowNanos, effects);
    }
    announce(effects);
    return effects.isEmpty() ? NOTHING : effects;
  }

  /** Whom this node reports to: the first member not held dead; itself when it is alone. */
  public NodeId master() {
    for (NodeId member : members) {
      if (!dead.contains(member)) {
        return member;
      }
    }
    return self;
  }

  private void collected(NodeLoad load, long nowNanos, List<LoadEffect> effects) {
    own = new LoadRecord(self, load, ++sequence, nowNanos);
    if (Math.abs(load.runQueue() - reportedRunQueue) >= options.changeThreshold()) {
      report(nowNanos, effects);
    }
  }

  private void report(long nowNanos, List<LoadEffect> effects) {
    wakeNanos = nowNanos + options.periodNanos();
    LoadRecord mine = own;
    if (mine == null) {
      return;
    }
    if (unanswered >= options.unansweredReports()) {
      dead.add(master());
      unanswered = 0;
    }
    NodeId master = master();
    reportedRunQueue = mine.load().runQueue();
    if (!master.equals(self)) {
      unanswered++;
      effects.add(
          new LoadEffect.Send(master, new LoadMessage.Report(self, nowNanos, List.of(mine))));
    }
  }

  private void wanted(int candidates, long nowNanos, List<LoadEffect> effects) {
    if (master().equals(self)) {
      effects.add(LoadEffect.ViewReady.READY);
    } else {
      effects.add(new LoadEffect.Send(master(), new LoadMessage.Query(self, nowNanos, candidates)));
    }
  }

  private void received(LoadMessage message, long nowNanos, List<LoadEffect> effects) {
    // Whoever speaks lives.
    dead.remove(message.from());
    long shift = nowNanos - message.sentNanos();
    switch (message) {
      case LoadMessage.Report report -> {
        take(report, shift);
        LoadMessage answer =
            master().equals(self)
                ? new LoadMessage.Taken(self, nowNanos)
                : new LoadMessage.NotMaster(self, nowNanos, master());
        effects.add(new LoadEffect.Send(report.from(), answer));
      }
      case LoadMessage.Taken taken -> unanswered = 0;
      case LoadMessage.NotMaster(NodeId from, long sent, NodeId master) -> {
        // The other still hears from a master that this node has given up: try that one again.
        dead.remove(master);
        unanswered = 0;
      }
      case LoadMessage.Query query ->
          effects.add(
              new LoadEffect.Send(
                  query.from(), new LoadMessage.Answer(self, nowNanos, best(query, nowNanos))));
      case LoadMessage.Answer answer -> {
        take(answer, shift);
        effects.add(LoadEffect.ViewReady.READY);
      }
      case LoadMessage.Vector vector -> take(vector, shift);
    }
  }

  private void take(LoadMessage message, long shift) {
    for (LoadRecord record : message.records()) {
      if (!record.node().equals(self)) {
        known.merge(
            record.node(),
            record.shiftedBy(shift),
            (old, fresh) -> fresh.sequence() > old.sequence() ? fresh : old);
      }
    }
  }

  private List<LoadRecord> best(LoadMessage.Query query, long nowNanos) {
    List<LoadRecord> all = new ArrayList<>(records(nowNanos));
    LoadRecord mine = own;
    if (mine != null) {
      all.add(mine);
    }
    all.removeIf(record -> record.node().equals(query.from()));
    all.sort(Comparator.comparingDouble(r -> r.load().stretchWith(r.load().runQueue() + 1)));
    return List.copyOf(all.subList(0, Math.clamp(query.wanted(), 0, all.size())));
  }

  private void announce(List<LoadEffect> effects) {
    NodeId master = master();
    if (!master.equals(announced)) {
      announced = master;
      effects.add(new LoadEffect.MasterIs(master));
    }
  }

  @Override
  public long wakeNanos() {
    return wakeNanos;
  }

  @Override
  public List<LoadRecord> records(long nowNanos) {
    return FreshRecords.of(known.values(), nowNanos, options.maxAgeNanos());
  }

  @Override
  public @Nullable LoadRecord find(NodeId node) {
    return known.get(node);
  }

  @Override
  public List<NodeId> others() {
    return members.stream().filter(node -> !node.equals(self)).toList();
  }
}
