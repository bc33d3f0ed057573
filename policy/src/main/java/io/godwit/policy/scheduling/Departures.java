package io.godwit.policy.scheduling;

import io.godwit.core.NodeId;
import io.godwit.policy.load.LoadRecord;
import io.godwit.policy.load.LoadView;
import io.godwit.policy.load.NodeLoad;
import io.godwit.policy.load.ProcessKey;
import io.godwit.policy.load.ProcessLoad;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Processes that have to leave: guests when the owner comes back, exceed their limits or use more
 * than their user's share, and everybody when the node is drained. What cannot leave at once is
 * tried again each period until the cause is gone.
 */
final class Departures {
  private final LocalNode local;
  private final LoadView view;
  private final SchedulingPolicies policies;
  private final Locator locator;
  private final Set<ProcessKey> leaving;
  private final DecisionLog log;
  private final Map<ProcessKey, Long> suspendedSince = new HashMap<>();
  private final Set<ProcessKey> deported = new HashSet<>();
  private boolean ownerHere;
  private boolean draining;
  private boolean drainReported;
  private boolean stayed;

  Departures(
      LocalNode local,
      LoadView view,
      SchedulingPolicies policies,
      Locator locator,
      Set<ProcessKey> leaving,
      DecisionLog log) {
    this.local = local;
    this.view = view;
    this.policies = policies;
    this.locator = locator;
    this.leaving = leaving;
    this.log = log;
  }

  boolean active() {
    return draining || !deported.isEmpty() || (ownerHere && evicts());
  }

  /** Whether something has to leave for which no place was found at the last look. */
  boolean waits() {
    return active() && stayed;
  }

  boolean draining() {
    return draining;
  }

  boolean ownerIsHere() {
    return ownerHere;
  }

  private boolean evicts() {
    return policies.eviction().where() != Eviction.Where.STAY;
  }

  List<SchedulingEffect> ownerReturned(long nowNanos) {
    ownerHere = true;
    return again(nowNanos);
  }

  List<SchedulingEffect> ownerLeft(long nowNanos) {
    ownerHere = false;
    List<SchedulingEffect> effects = new ArrayList<>();
    for (ProcessKey process : suspendedSince.keySet().stream().sorted().toList()) {
      Decision decision =
          decision(nowNanos, Decision.Kind.CONTINUE, process, null, "the owner has left");
      effects.add(new SchedulingEffect.Continue(process, decision));
    }
    suspendedSince.clear();
    return effects;
  }

  List<SchedulingEffect> deport(ProcessKey process, String what, long nowNanos) {
    deported.add(process);
    return leave(Decision.Kind.DEPORT, "it exceeds what it was lent: " + what, nowNanos);
  }

  List<SchedulingEffect> drain(long nowNanos) {
    draining = true;
    drainReported = false;
    return again(nowNanos);
  }

  void undrain() {
    draining = false;
  }

  void forget(ProcessKey process) {
    suspendedSince.remove(process);
    deported.remove(process);
  }

  /** Takes back what a user's processes use here: they go home. */
  List<SchedulingEffect> reclaim(String user, int processes, long nowNanos) {
    List<SchedulingEffect> effects = new ArrayList<>();
    for (ProcessLoad process : local.processes(nowNanos)) {
      if (effects.size() >= processes) {
        break;
      }
      if (process.user().equals(user)
          && process.foreignOn(local.id())
          && !leaving.contains(process.key())) {
        effects.add(
            migrate(
                process,
                process.key().home(),
                Decision.Kind.RECLAIM,
                "the share of user '" + user + "' is used up and another waits",
                List.of(),
                nowNanos));
      }
    }
    return effects;
  }

  /** Tries again for all that still have to leave. */
  List<SchedulingEffect> again(long nowNanos) {
    if (draining) {
      return leave(Decision.Kind.DRAIN, "the node is being drained", nowNanos);
    }
    if (ownerHere && evicts()) {
      return leave(Decision.Kind.EVICT, "the owner has come back", nowNanos);
    }
    if (!deported.isEmpty()) {
      return leave(Decision.Kind.DEPORT, "it exceeds what it was lent", nowNanos);
    }
    return List.of();
  }

  private List<SchedulingEffect> leave(Decision.Kind kind, String why, long nowNanos) {
    List<SchedulingEffect> effects = new ArrayList<>();
    stayed = false;
    List<LoadRecord> known = locator.usable(view, nowNanos);
    NodeLoad own = local.load();
    int left = 0;
    for (ProcessLoad process : local.processes(nowNanos)) {
      boolean concerned =
          switch (kind) {
            case DRAIN -> true;
            case DEPORT -> deported.contains(process.key());
            default -> process.foreignOn(local.id());
          };
      if (!concerned) {
        continue;
      }
      left++;
      if (leaving.contains(process.key()) || suspends(kind, process, effects, nowNanos)) {
        continue;
      }
      leave(process, kind, why, own, known, effects, nowNanos);
    }
    if (kind == Decision.Kind.DRAIN && left == 0 && leaving.isEmpty() && !drainReported) {
      drainReported = true;
      effects.add(new SchedulingEffect.Drained());
    }
    return effects;
  }

  /** LSF's habit: suspend first, and move only if the owner stays. */
  private boolean suspends(
      Decision.Kind kind, ProcessLoad process, List<SchedulingEffect> effects, long nowNanos) {
    long period = policies.eviction().suspendNanos();
    if (kind != Decision.Kind.EVICT || period <= 0) {
      return false;
    }
    Long since = suspendedSince.putIfAbsent(process.key(), nowNanos);
    if (since == null) {
      Decision decision =
          decision(
              nowNanos,
              Decision.Kind.SUSPEND,
              process.key(),
              null,
              "the owner has come back; it is moved if he stays for "
                  + period / 1_000_000_000L
                  + " s");
      effects.add(new SchedulingEffect.Suspend(process.key(), decision));
      return true;
    }
    return nowNanos - since < period;
  }

  private void leave(
      ProcessLoad process,
      Decision.Kind kind,
      String why,
      NodeLoad own,
      List<LoadRecord> known,
      List<SchedulingEffect> effects,
      long nowNanos) {
    if (!process.movable()) {
      stay(
          process,
          List.of(Rejection.of(process.key(), Rejection.Cause.NOT_MOVABLE, "cannot be moved")),
          nowNanos);
      return;
    }
    NodeId home = process.key().home();
    boolean canGoHome = !home.equals(local.id());
    boolean homeFirst =
        kind != Decision.Kind.DRAIN && policies.eviction().where() == Eviction.Where.HOME;
    if (homeFirst && canGoHome) {
      effects.add(migrate(process, home, kind, why, List.of(), nowNanos));
      return;
    }
    Locator.Found found =
        locator.find(process, own, Double.MAX_VALUE, known, Locator.Demand.ROOM, nowNanos);
    LoadRecord target = found.target();
    if (target != null) {
      effects.add(migrate(process, target.node(), kind, why, found.rejected(), nowNanos));
    } else if (canGoHome) {
      effects.add(migrate(process, home, kind, why, found.rejected(), nowNanos));
    } else {
      stay(process, found.rejected(), nowNanos);
    }
  }

  private void stay(ProcessLoad process, List<Rejection> rejected, long nowNanos) {
    stayed = true;
    log.add(
        new Decision(
            nowNanos,
            Decision.Kind.STAY,
            process.key(),
            null,
            "it has to leave and no node can take it",
            rejected));
  }

  private SchedulingEffect migrate(
      ProcessLoad process,
      NodeId to,
      Decision.Kind kind,
      String why,
      List<Rejection> rejected,
      long nowNanos) {
    Decision decision = new Decision(nowNanos, kind, process.key(), to, why, rejected);
    log.add(decision);
    leaving.add(process.key());
    locator.noteSent(process.key(), to, nowNanos + Scheduler.CANDIDATES_TIMEOUT_NANOS);
    return new SchedulingEffect.Migrate(process.key(), to, decision);
  }

  private Decision decision(
      long nowNanos,
      Decision.Kind kind,
      ProcessKey process,
      @org.jspecify.annotations.Nullable NodeId node,
      String why) {
    Decision decision = new Decision(nowNanos, kind, process, node, why, List.of());
    log.add(decision);
    return decision;
  }
}
