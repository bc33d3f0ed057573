package io.godwit.policy.load;

import io.godwit.core.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * MOSIX's probabilistic dissemination (survey section 5.1; Barak and Shiloh 1985): each round a
 * node sends the newest half of its small load vector to two random nodes, at least one of which is
 * believed alive; a receiver answers with its own load; records age and are replaced.
 *
 * <p>A node that many pick in one round answers only so many of them (flood prevention), and what a
 * node sends in a round depends on the window alone.
 */
public final class Gossip implements Dissemination {
  /**
   * How to gossip.
   *
   * @param periodNanos time between two rounds
   * @param window records held about others
   * @param maxAgeNanos older records are not used for decisions
   * @param aliveWithinNanos a node heard of within this time is believed alive
   * @param maxRepliesPerRound flood prevention: answers given in one period
   * @param partners nodes that are talked to, a random few that change slowly, so that a node keeps
   *     few connections; 0 for all
   */
  public record Options(
      long periodNanos,
      int window,
      long maxAgeNanos,
      long aliveWithinNanos,
      int maxRepliesPerRound,
      int partners) {
    /** A round every two seconds over a window of 16. */
    public static final Options DEFAULT =
        new Options(2_000_000_000L, 16, 120_000_000_000L, 20_000_000_000L, 16, 0);

    public Options {
      if (periodNanos <= 0
          || window < 2
          || maxAgeNanos < periodNanos
          || maxRepliesPerRound < 1
          || partners < 0
          || partners == 1) {
        throw new IllegalArgumentException("not a way to gossip: period " + periodNanos);
      }
    }
  }

  private static final List<LoadEffect> NOTHING = List.of();

  private final NodeId self;
  private final Options options;
  private final RandomGenerator random;
  private final LoadVector vector;
  private final Partners partners;
  private @Nullable LoadRecord own;
  private long sequence;
  private long wakeNanos;
  private int replies;

  /**
   * @param firstSequence above every sequence number that this node has used before, for example
   *     the wall-clock time at the start of the daemon
   * @param firstRoundNanos when the first round is due; spread it over the period
   */
  public Gossip(
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
    this.vector = new LoadVector(self, options.window());
    this.partners = new Partners(self, options.partners(), random);
  }

  @Override
  public List<LoadEffect> on(LoadEvent event, long nowNanos) {
    switch (event) {
      case LoadEvent.Tick tick -> {
        return nowNanos < wakeNanos ? NOTHING : round(nowNanos);
      }
      case LoadEvent.Received(LoadMessage.Vector message) -> {
        return received(message, nowNanos);
      }
      case LoadEvent.Collected(NodeLoad load) ->
          own = new LoadRecord(self, load, ++sequence, nowNanos);
      case LoadEvent.Members(List<NodeId> now) -> partners.among(now);
      case LoadEvent.Suspected(NodeId node) -> {
        vector.forget(node);
        partners.replace(node);
      }
      // Other disseminations' messages, and a view that is always ready.
      case LoadEvent.Received other -> {}
      case LoadEvent.Wanted wanted -> {
        return List.of(LoadEffect.ViewReady.READY);
      }
    }
    return NOTHING;
  }

  private List<LoadEffect> round(long nowNanos) {
    wakeNanos = nowNanos + options.periodNanos();
    replies = 0;
    vector.expire(nowNanos, options.maxAgeNanos());
    LoadRecord mine = own;
    if (mine == null || partners.alone()) {
      return NOTHING;
    }
    partners.round();
    LoadMessage.Vector message = new LoadMessage.Vector(self, nowNanos, newestHalf(mine), true);
    NodeId any = partners.any();
    NodeId alive = anyAlive(nowNanos);
    if (alive == null || alive.equals(any)) {
      alive = partners.any();
    }
    if (alive.equals(any)) {
      return List.of(new LoadEffect.Send(any, message));
    }
    return List.of(new LoadEffect.Send(any, message), new LoadEffect.Send(alive, message));
  }

  /** The node's own load first, then the freshest of the others. */
  private List<LoadRecord> newestHalf(LoadRecord mine) {
    int others = Math.min(options.window() / 2 - 1, vector.size());
    List<LoadRecord> half = new ArrayList<>(others + 1);
    half.add(mine);
    for (int i = 0; i < others; i++) {
      half.add(vector.get(i));
    }
    return half;
  }

  private List<LoadEffect> received(LoadMessage.Vector message, long nowNanos) {
    long shift = nowNanos - message.sentNanos();
    List<LoadRecord> records = message.records();
    for (int i = 0; i < records.size(); i++) {
      vector.merge(records.get(i), shift);
    }
    LoadRecord mine = own;
    if (!message.replyWanted() || mine == null || replies >= options.maxRepliesPerRound()) {
      return NOTHING;
    }
    replies++;
    return List.of(
        new LoadEffect.Send(
            message.from(), new LoadMessage.Vector(self, nowNanos, List.of(mine), false)));
  }

  private @Nullable NodeId anyAlive(long nowNanos) {
    int alive = vector.countWithin(nowNanos, options.aliveWithinNanos());
    if (partners.limited()) {
      return partners.any(vector.subList(0, alive));
    }
    return alive == 0 ? null : vector.get(random.nextInt(alive)).node();
  }

  @Override
  public long wakeNanos() {
    return wakeNanos;
  }

  @Override
  public List<LoadRecord> records(long nowNanos) {
    vector.expire(nowNanos, options.maxAgeNanos());
    return vector;
  }

  @Override
  public @Nullable LoadRecord find(NodeId node) {
    return vector.find(node);
  }

  @Override
  public List<NodeId> others() {
    return partners.others();
  }
}
