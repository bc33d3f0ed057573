package io.godwit.policy.load;

import io.godwit.core.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Clusters of clusters with selective exchange (survey section 5.4: "for systems with thousands of
 * nodes, several clusters can be formed"; section 2.8, hierarchical scheduling). The members, in
 * their common order, form groups of fixed size. Inside a group every node reports to the group's
 * leader, the first member not held dead, and the leader sends back what it knows of the group.
 * Each period a leader tells one other leader, picked at random, about its least loaded nodes only,
 * and its group about the foreign ones that it has learnt of.
 */
public final class Hierarchical implements Dissemination {
  /**
   * How to group.
   *
   * @param periodNanos time between two reports, and between two exchanges of leaders
   * @param groupSize members of a group
   * @param exported least loaded nodes of a group that other groups hear of
   * @param maxAgeNanos older records are not used
   * @param unansweredReports a leader that leaves this many unanswered is held dead
   */
  public record Options(
      long periodNanos, int groupSize, int exported, long maxAgeNanos, int unansweredReports) {
    /** Groups of 32 that tell each other of their four least loaded nodes. */
    public static final Options DEFAULT = new Options(1_000_000_000L, 32, 4, 30_000_000_000L, 3);

    public Options {
      if (periodNanos <= 0 || groupSize < 2 || exported < 1 || unansweredReports < 1) {
        throw new IllegalArgumentException("not a hierarchy: groups of " + groupSize);
      }
    }
  }

  private static final List<LoadEffect> NOTHING = List.of();

  private final NodeId self;
  private final Options options;
  private final RandomGenerator random;
  private final Map<NodeId, LoadRecord> known = new TreeMap<>();
  private final Set<NodeId> dead = new HashSet<>();
  private List<NodeId> members = List.of();
  private List<NodeId> group = List.of();
  private @Nullable LoadRecord own;
  private long sequence;
  private long wakeNanos;
  private int unanswered;

  /** See {@link Gossip} for the parameters. */
  public Hierarchical(
      NodeId self,
      Options options,
      RandomGenerator random,
      long firstSequence,
      long firstRoundNanos) {
    this.self = self;
    this.options = options;
    this.random = random;
    this.sequence = firstSequence;
    this.wakeNanos = firstRoundNanos;
  }

  @Override
  public List<LoadEffect> on(LoadEvent event, long nowNanos) {
    List<LoadEffect> effects = new ArrayList<>(2);
    switch (event) {
      case LoadEvent.Tick tick -> {
        if (nowNanos >= wakeNanos) {
          round(nowNanos, effects);
        }
      }
      case LoadEvent.Collected(NodeLoad load) ->
          own = new LoadRecord(self, load, ++sequence, nowNanos);
      case LoadEvent.Members(List<NodeId> now) -> {
        members = List.copyOf(now);
        group = groupOf(Math.max(0, members.indexOf(self)) / options.groupSize());
        dead.retainAll(members);
        known.keySet().retainAll(members);
      }
      case LoadEvent.Suspected(NodeId node) -> {
        dead.add(node);
        known.remove(node);
      }
      case LoadEvent.Wanted wanted -> effects.add(LoadEffect.ViewReady.READY);
      case LoadEvent.Received(LoadMessage message) -> received(message, nowNanos, effects);
    }
    return effects.isEmpty() ? NOTHING : effects;
  }

  /** The leader of this node's group, as far as this node knows. */
  public NodeId leader() {
    return leaderOf(group);
  }

  private NodeId leaderOf(List<NodeId> ofGroup) {
    for (NodeId member : ofGroup) {
      if (!dead.contains(member)) {
        return member;
      }
    }
    return self;
  }

  private List<NodeId> groupOf(int number) {
    int from = Math.min(number * options.groupSize(), members.size());
    return members.subList(from, Math.min(from + options.groupSize(), members.size()));
  }

  private void round(long nowNanos, List<LoadEffect> effects) {
    wakeNanos = nowNanos + options.periodNanos();
    LoadRecord mine = own;
    if (mine == null || members.isEmpty()) {
      return;
    }
    if (unanswered >= options.unansweredReports()) {
      dead.add(leader());
      unanswered = 0;
    }
    NodeId leader = leader();
    if (!leader.equals(self)) {
      unanswered++;
      effects.add(
          new LoadEffect.Send(leader, new LoadMessage.Report(self, nowNanos, List.of(mine))));
      return;
    }
    int groups = Math.ceilDiv(members.size(), options.groupSize());
    if (groups > 1) {
      int mineNumber = members.indexOf(self) / options.groupSize();
      int other = random.nextInt(groups - 1);
      NodeId peer = leaderOf(groupOf(other < mineNumber ? other : other + 1));
      effects.add(
          new LoadEffect.Send(
              peer, new LoadMessage.Vector(self, nowNanos, exported(mine, nowNanos), false)));
    }
  }

  private List<LoadRecord> exported(LoadRecord mine, long nowNanos) {
    List<LoadRecord> ours = new ArrayList<>();
    ours.add(mine);
    for (LoadRecord record : known.values()) {
      if (group.contains(record.node()) && record.ageNanos(nowNanos) <= options.maxAgeNanos()) {
        ours.add(record);
      }
    }
    ours.sort(Comparator.comparingDouble(r -> r.load().stretchWith(r.load().runQueue() + 1)));
    return List.copyOf(ours.subList(0, Math.min(options.exported(), ours.size())));
  }

  private void received(LoadMessage message, long nowNanos, List<LoadEffect> effects) {
    dead.remove(message.from());
    long shift = nowNanos - message.sentNanos();
    for (LoadRecord record : message.records()) {
      if (!record.node().equals(self)) {
        known.merge(
            record.node(),
            record.shiftedBy(shift),
            (old, fresh) -> fresh.sequence() > old.sequence() ? fresh : old);
      }
    }
    if (message instanceof LoadMessage.Report) {
      List<LoadRecord> told = new ArrayList<>(records(nowNanos));
      LoadRecord mine = own;
      if (mine != null) {
        told.addFirst(mine);
      }
      told.removeIf(record -> record.node().equals(message.from()));
      int most = options.groupSize() + options.exported();
      effects.add(
          new LoadEffect.Send(
              message.from(),
              new LoadMessage.Answer(
                  self, nowNanos, List.copyOf(told.subList(0, Math.min(most, told.size()))))));
    } else if (message instanceof LoadMessage.Answer) {
      unanswered = 0;
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
