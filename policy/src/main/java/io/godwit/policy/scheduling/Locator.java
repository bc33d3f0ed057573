package io.godwit.policy.scheduling;

import io.godwit.core.NodeId;
import io.godwit.policy.load.LoadRecord;
import io.godwit.policy.load.LoadView;
import io.godwit.policy.load.NodeLoad;
import io.godwit.policy.load.ProcessKey;
import io.godwit.policy.load.ProcessLoad;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline that all placement goes through: filters, each of which leaves a reason for the
 * nodes that it takes out, then the location policy picks. It remembers what this node has sent
 * where, so that a node which looked idle is not flooded before it can say otherwise, and who
 * refused.
 */
final class Locator {
  /** What a caller demands beyond the resource expression. */
  enum Demand {
    /** The process must run enough faster there. */
    FASTER,
    /** It only has to be able to run there: eviction and drain. */
    ROOM
  }

  /** A node that lacked something for a process is not offered to it again for this long. */
  private static final long UNSUITABLE_NANOS = 60_000_000_000L;

  private record Sent(ProcessKey process, long settledNanos) {}

  private static final long EXPIRY_PERIOD_NANOS = 10_000_000_000L;

  private final SchedulingPolicies policies;
  private final CostEstimator cost;
  private final RandomGenerator random;
  private final Map<NodeId, Deque<Sent>> sent = new HashMap<>();
  private final Map<NodeId, Long> backoffUntil = new HashMap<>();
  private final Map<ProcessKey, Map<NodeId, Long>> unsuitableUntil = new HashMap<>();
  private final Map<ProcessKey, ResourceExpression> needs = new HashMap<>();
  private final Map<ProcessKey, Set<NodeId>> full = new HashMap<>();
  private long expiryNanos = Long.MIN_VALUE;

  Locator(SchedulingPolicies policies, CostEstimator cost, RandomGenerator random) {
    this.policies = policies;
    this.cost = cost;
    this.random = random;
  }

  /** A target, and the nodes that were not. */
  record Found(@Nullable LoadRecord target, @Nullable Move move, List<Rejection> rejected) {}

  Found find(
      ProcessLoad process,
      NodeLoad own,
      double stretchHere,
      List<LoadRecord> known,
      Demand demand,
      long nowNanos) {
    List<Rejection> rejected = new ArrayList<>();
    List<LoadRecord> left = new ArrayList<>(known.size());
    ResourceExpression expression = needs.getOrDefault(process.key(), ResourceExpression.ANY);
    for (LoadRecord record : known) {
      LoadRecord seen = withSent(record);
      Rejection rejection = filter(process, expression, stretchHere, seen, demand, nowNanos);
      if (rejection == null) {
        left.add(seen);
      } else {
        rejected.add(rejection);
      }
    }
    if (left.isEmpty()) {
      if (known.isEmpty()) {
        rejected.add(
            Rejection.of("*", Rejection.Cause.NOTHING_KNOWN, "nothing is known about any node"));
      }
      return new Found(null, null, rejected);
    }
    LoadRecord target =
        expression.ordered()
            ? expression.best(left)
            : policies.location().choose(process, expression, left, random);
    for (LoadRecord other : left) {
      if (!other.node().equals(target.node())) {
        rejected.add(
            Rejection.of(
                other.node(),
                Rejection.Cause.PREFERENCE,
                "load %.2f; %s was preferred with %.2f",
                other.load().runQueue(),
                target.node(),
                target.load().runQueue()));
      }
    }
    Move move =
        new Move(
            target.node(), stretchHere, stretchAt(target), cost.costNanos(process, target.node()));
    return new Found(target, move, rejected);
  }

  private static double stretchAt(LoadRecord record) {
    return record.load().stretchWith(record.load().runQueue() + 1);
  }

  private @Nullable Rejection filter(
      ProcessLoad process,
      ResourceExpression expression,
      double stretchHere,
      LoadRecord seen,
      Demand demand,
      long nowNanos) {
    NodeId name = seen.node();
    NodeLoad load = seen.load();
    boolean home = process.key().home().equals(seen.node());
    if (backoffUntil.getOrDefault(seen.node(), Long.MIN_VALUE) > nowNanos) {
      return Rejection.of(name, Rejection.Cause.BACKOFF, "refused or failed a short while ago");
    }
    if (unsuitableUntil.getOrDefault(process.key(), Map.of()).getOrDefault(name, Long.MIN_VALUE)
        > nowNanos) {
      return Rejection.of(
          name, Rejection.Cause.UNSUITABLE, "lacked something that it needs a short while ago");
    }
    if (full.getOrDefault(process.key(), Set.of()).contains(name)) {
      return noPlace(name);
    }
    if (!home && !load.accepts()) {
      return Rejection.of(
          name,
          load.ownerIdleNanos() < 60_000_000_000L
              ? Rejection.Cause.OWNER_ACTIVE
              : Rejection.Cause.NOT_ACCEPTING,
          "takes no foreign processes at present");
    }
    if (!expression.holdsFor(load)) {
      return unsatisfied(name, expression);
    }
    if (load.memoryFreeBytes() < process.memoryBytes()) {
      return Rejection.of(
          name,
          Rejection.Cause.NO_MEMORY,
          "%d bytes free, %d needed",
          load.memoryFreeBytes(),
          process.memoryBytes());
    }
    double advantage = stretchHere - stretchAt(seen);
    if (demand == Demand.FASTER
        && !policies.location().ignoresLoad()
        && process.bytesPerSecondTo().isEmpty()
        && (advantage <= 0 || advantage < policies.stability().minAdvantage())) {
      return Rejection.of(
          name,
          Rejection.Cause.LOAD_DIFFERENCE,
          "load %.2f: stretched %.2f times there against %.2f here",
          load.runQueue(),
          stretchAt(seen),
          stretchHere);
    }
    return null;
  }

  /** The record with what was sent there since it was taken. */
  LoadRecord withSent(LoadRecord record) {
    Deque<Sent> to = sent.get(record.node());
    if (to == null) {
      return record;
    }
    int unseen = 0;
    for (Sent one : to) {
      if (one.settledNanos() >= record.takenNanos()) {
        unseen++;
      }
    }
    return unseen == 0
        ? record
        : new LoadRecord(
            record.node(),
            record.load().withRunQueue(record.load().runQueue() + unseen),
            record.sequence(),
            record.takenNanos());
  }

  void noteSent(ProcessKey process, NodeId to, long settledNanos) {
    sent.computeIfAbsent(to, node -> new ArrayDeque<>()).add(new Sent(process, settledNanos));
  }

  /** It did not get there after all. */
  void noteFailed(ProcessKey process, NodeId to, long nowNanos) {
    Deque<Sent> list = sent.get(to);
    if (list != null) {
      list.removeIf(one -> one.process().equals(process));
    }
    backoffUntil.put(to, nowNanos + policies.stability().backoffNanos());
  }

  /** The node cannot take this one; others it may. */
  void noteUnsuitable(ProcessKey process, NodeId to, long nowNanos) {
    Deque<Sent> list = sent.get(to);
    if (list != null) {
      list.removeIf(one -> one.process().equals(process));
    }
    unsuitableUntil
        .computeIfAbsent(process, key -> new HashMap<>())
        .put(to, nowNanos + UNSUITABLE_NANOS);
  }

  void needs(ProcessKey process, ResourceExpression expression) {
    if (expression.select() != null || !expression.equals(ResourceExpression.ANY)) {
      needs.put(process, expression);
    }
  }

  /** Nodes on which the process is not to start; none from its start on. */
  void full(ProcessKey process, Set<NodeId> nodes) {
    if (nodes.isEmpty()) {
      full.remove(process);
    } else {
      full.put(process, nodes);
    }
  }

  /** Whether the node has what the process needs, and a place for it. */
  boolean suits(ProcessKey process, NodeId node, NodeLoad load) {
    return unfit(process, node, load).isEmpty();
  }

  /** Why this node itself is no place for the process; empty where it is one. */
  Optional<Rejection> unfit(ProcessKey process, NodeId node, NodeLoad load) {
    if (full.getOrDefault(process, Set.of()).contains(node)) {
      return Optional.of(noPlace(node));
    }
    ResourceExpression expression = needs.getOrDefault(process, ResourceExpression.ANY);
    return expression.holdsFor(load)
        ? Optional.empty()
        : Optional.of(unsatisfied(node, expression));
  }

  private static Rejection noPlace(NodeId node) {
    return Rejection.of(node, Rejection.Cause.NOT_ELIGIBLE, "its queue has no place left there");
  }

  private static Rejection unsatisfied(NodeId node, ResourceExpression expression) {
    return Rejection.of(node, Rejection.Cause.EXPRESSION, "does not satisfy %s", expression.text());
  }

  void forget(ProcessKey process) {
    needs.remove(process);
    full.remove(process);
    unsuitableUntil.remove(process);
  }

  /** Drops what is of no more use, now and then: what is outdated harms nothing but memory. */
  void expire(long nowNanos) {
    if (nowNanos < expiryNanos) {
      return;
    }
    expiryNanos = nowNanos + EXPIRY_PERIOD_NANOS;
    if (!sent.isEmpty()) {
      long oldest = nowNanos - Math.min(policies.stability().maxRecordAgeNanos(), nowNanos);
      sent.values()
          .removeIf(
              list -> {
                list.removeIf(one -> one.settledNanos() < oldest);
                return list.isEmpty();
              });
    }
    if (!backoffUntil.isEmpty()) {
      backoffUntil.values().removeIf(until -> until <= nowNanos);
    }
  }

  /** The records of a view that stability allows to be used. */
  List<LoadRecord> usable(LoadView view, long nowNanos) {
    long limit = policies.stability().maxRecordAgeNanos();
    List<LoadRecord> usable = new ArrayList<>();
    for (LoadRecord record : view.records(nowNanos)) {
      if (record.ageNanos(nowNanos) <= limit) {
        usable.add(record);
      }
    }
    return usable;
  }
}
