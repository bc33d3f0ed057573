package io.godwit.policy.scheduling;

import io.godwit.core.NodeId;
import io.godwit.policy.load.LoadRecord;
import io.godwit.policy.load.LoadView;
import io.godwit.policy.load.NodeLoad;
import io.godwit.policy.load.ProcessKey;
import io.godwit.policy.load.ProcessLoad;
import io.godwit.policy.scheduling.ActivationPolicy.Trigger;
import io.godwit.policy.scheduling.Rejection.Cause;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler of one node: figure 4's "distributed scheduling". It decides when to migrate which
 * process where, places new processes by the same rules, answers those who ask for work or for
 * admission, and empties the node for its owner or its administrator.
 *
 * <p>Stepped by one thread. Before a decision it asks for candidates and goes on when the view is
 * ready, so that spread and asked-for load information look the same to it.
 */
public final class Scheduler {
  /** Processes weighed in one decision: those with the highest prospects. */
  static final int MOST_CONSIDERED = 16;

  /** If candidates do not come within this time, what is known has to do. */
  static final long CANDIDATES_TIMEOUT_NANOS = 1_000_000_000L;

  /** A guest that was admitted and has not come within this time is no longer expected. */
  static final long INCOMING_TIMEOUT_NANOS = 30_000_000_000L;

  private static final List<SchedulingEffect> NOTHING = List.of();

  private final NodeId self;
  private final LocalNode local;
  private final LoadView view;
  private final SchedulingPolicies policies;
  private final CostEstimator cost;
  private final Locator locator;
  private final Departures departures;
  private final DecisionLog log;
  private final Set<ProcessKey> leaving = new HashSet<>();
  private final Map<ProcessKey, ProcessLoad> placements = new LinkedHashMap<>();
  private final Map<ProcessKey, Long> incoming = new LinkedHashMap<>();
  private final Set<NodeId> asked = new HashSet<>();
  private boolean sendWanted;
  private boolean receiveWanted;
  private long wantedNanos;
  private boolean waiting;

  public Scheduler(
      LocalNode local,
      LoadView view,
      SchedulingPolicies policies,
      CostEstimator cost,
      RandomGenerator random) {
    this(local, view, policies, cost, random, DecisionLog.CAPACITY);
  }

  /** As above, keeping another number of decisions. */
  public Scheduler(
      LocalNode local,
      LoadView view,
      SchedulingPolicies policies,
      CostEstimator cost,
      RandomGenerator random,
      int decisionsKept) {
    this.log = new DecisionLog(decisionsKept);
    this.self = local.id();
    this.local = local;
    this.view = view;
    this.policies = policies;
    this.cost = cost;
    this.locator = new Locator(policies, cost, random);
    this.departures = new Departures(local, view, policies, locator, leaving, log);
  }

  /** Takes one event and says what follows from it. */
  public List<SchedulingEffect> on(SchedulingEvent event, long nowNanos) {
    return switch (event) {
      case SchedulingEvent.Tick tick -> tick(nowNanos);
      case SchedulingEvent.PlacementWanted(
              ProcessLoad process,
              ResourceExpression needs,
              Set<NodeId> full) -> {
        locator.needs(process.key(), needs);
        locator.full(process.key(), full);
        yield placementWanted(process, nowNanos);
      }
      case SchedulingEvent.Needs(ProcessKey process, ResourceExpression needs) -> {
        locator.needs(process, needs);
        yield NOTHING;
      }
      case SchedulingEvent.Started started -> activate(Trigger.PROCESS_STARTED, nowNanos);
      case SchedulingEvent.Ended(ProcessKey process) -> {
        locator.forget(process);
        departures.forget(process);
        leaving.remove(process);
        placements.remove(process);
        yield activate(Trigger.PROCESS_ENDED, nowNanos);
      }
      case SchedulingEvent.ViewReady ready -> decide(nowNanos);
      case SchedulingEvent.WorkWanted(NodeId from, NodeLoad load) ->
          workWanted(from, load, nowNanos);
      case SchedulingEvent.NoWork(NodeId from) -> askNext(nowNanos);
      case SchedulingEvent.AdmissionAsked(NodeId from, ProcessLoad process) ->
          admission(from, process, nowNanos);
      case SchedulingEvent.Arrived(ProcessKey process) -> {
        incoming.remove(process);
        yield activate(Trigger.PROCESS_STARTED, nowNanos);
      }
      case SchedulingEvent.Withdrawn(ProcessKey process) -> {
        incoming.remove(process);
        yield NOTHING;
      }
      case SchedulingEvent.MigrationEnded ended -> migrationEnded(ended, nowNanos);
      case SchedulingEvent.OwnerReturned returned ->
          withCandidates(departures.ownerReturned(nowNanos), nowNanos);
      case SchedulingEvent.OwnerLeft left -> departures.ownerLeft(nowNanos);
      case SchedulingEvent.LimitExceeded(ProcessKey process, String what) ->
          withCandidates(departures.deport(process, what, nowNanos), nowNanos);
      case SchedulingEvent.Reclaim(String user, int processes) ->
          departures.reclaim(user, processes, nowNanos);
      case SchedulingEvent.Drain drain -> withCandidates(departures.drain(nowNanos), nowNanos);
      case SchedulingEvent.Undrain undrain -> {
        departures.undrain();
        yield NOTHING;
      }
    };
  }

  /** What was decided lately and why. */
  public DecisionLog log() {
    return log;
  }

  /** Processes that have been admitted and have not come yet: to be added to the exported load. */
  public int promised() {
    return incoming.size();
  }

  private List<SchedulingEffect> tick(long nowNanos) {
    locator.expire(nowNanos);
    if (!incoming.isEmpty()) {
      incoming.values().removeIf(since -> nowNanos - since > INCOMING_TIMEOUT_NANOS);
    }
    if (departures.active()) {
      waiting &= nowNanos - wantedNanos <= CANDIDATES_TIMEOUT_NANOS;
      return withCandidates(departures.again(nowNanos), nowNanos);
    }
    if (waiting && nowNanos - wantedNanos > CANDIDATES_TIMEOUT_NANOS) {
      return decide(nowNanos);
    }
    if (!placements.isEmpty()) {
      return wantCandidates(nowNanos);
    }
    return activate(Trigger.TICK, nowNanos);
  }

  private List<SchedulingEffect> activate(Trigger trigger, long nowNanos) {
    if (departures.active()) {
      return NOTHING;
    }
    NodeLoad own = local.load();
    boolean send = policies.activation().send(trigger, own);
    boolean receive = policies.activation().receive(trigger, own) && own.accepts();
    if (!send && !receive) {
      return NOTHING;
    }
    sendWanted |= send;
    receiveWanted |= receive;
    return wantCandidates(nowNanos);
  }

  private List<SchedulingEffect> placementWanted(ProcessLoad process, long nowNanos) {
    NodeLoad own = local.load();
    boolean suitable = locator.suits(process.key(), self, own) && !departures.draining();
    Rejection unfit = policies.selection().rejects(process);
    if (suitable && (unfit != null || !policies.activation().place(own))) {
      String why =
          unfit != null
              ? unfit.text()
              : String.format(Locale.ROOT, "load %.2f here is low enough", own.runQueue());
      return List.of(placed(process, self, Decision.Kind.PLACE, why, List.of(), nowNanos));
    }
    placements.put(process.key(), process);
    return wantCandidates(nowNanos);
  }

  /**
   * Where something still has to leave, knowledge is asked for besides: what is spread is there
   * already, what is asked for is not.
   */
  private List<SchedulingEffect> withCandidates(List<SchedulingEffect> effects, long nowNanos) {
    if (!departures.waits() && placements.isEmpty()) {
      return effects;
    }
    List<SchedulingEffect> all = new ArrayList<>(effects);
    all.addAll(wantCandidates(nowNanos));
    return all;
  }

  private List<SchedulingEffect> wantCandidates(long nowNanos) {
    if (waiting) {
      return NOTHING;
    }
    waiting = true;
    wantedNanos = nowNanos;
    return List.of(new SchedulingEffect.WantCandidates(policies.candidates()));
  }

  private List<SchedulingEffect> decide(long nowNanos) {
    waiting = false;
    List<SchedulingEffect> effects = new ArrayList<>(2);
    List<LoadRecord> known = locator.usable(view, nowNanos);
    for (ProcessLoad process : List.copyOf(placements.values())) {
      SchedulingEffect placed = place(process, known, nowNanos);
      if (placed != null) {
        placements.remove(process.key());
        effects.add(placed);
      }
    }
    if (departures.active()) {
      effects.addAll(departures.again(nowNanos));
      return effects;
    }
    if (sendWanted) {
      sendWanted = false;
      NodeLoad own = local.load();
      if (policies.activation().gives(own)) {
        SchedulingEffect.Migrate migrate = send(known, own, "sender-initiated", nowNanos);
        if (migrate != null) {
          effects.add(migrate);
        }
      }
    }
    if (receiveWanted) {
      receiveWanted = false;
      asked.clear();
      effects.addAll(askNext(nowNanos));
    }
    return effects;
  }

  /** Where to start the process; null while no node at all, this one included, is suitable. */
  private @Nullable SchedulingEffect place(
      ProcessLoad process, List<LoadRecord> known, long nowNanos) {
    NodeLoad own = local.load();
    double here = own.stretchWith(own.runQueue() + 1);
    boolean mustLeave = departures.draining() || !locator.suits(process.key(), self, own);
    Locator.Found found =
        locator.find(
            process,
            own,
            here,
            known,
            mustLeave ? Locator.Demand.ROOM : Locator.Demand.FASTER,
            nowNanos);
    LoadRecord target = found.target();
    if (target == null && mustLeave) {
      locator.unfit(process.key(), self, own).ifPresent(found.rejected()::addFirst);
      log.add(
          new Decision(
              nowNanos,
              Decision.Kind.STAY,
              process.key(),
              null,
              "no suitable node; it is tried again each period",
              found.rejected()));
      return null;
    }
    if (target == null) {
      return placed(
          process, self, Decision.Kind.PLACE, "no node is better", found.rejected(), nowNanos);
    }
    Move move = found.move();
    Rejection rejection =
        mustLeave || move == null ? null : policies.selection().rejects(process, move);
    if (rejection != null) {
      return placed(
          process, self, Decision.Kind.PLACE, rejection.text(), found.rejected(), nowNanos);
    }
    locator.noteSent(process.key(), target.node(), nowNanos + CANDIDATES_TIMEOUT_NANOS);
    String why =
        String.format(
            Locale.ROOT, "load %.2f here, %.2f there", own.runQueue(), target.load().runQueue());
    return placed(process, target.node(), Decision.Kind.PLACE, why, found.rejected(), nowNanos);
  }

  private SchedulingEffect placed(
      ProcessLoad process,
      NodeId on,
      Decision.Kind kind,
      String why,
      List<Rejection> rejected,
      long nowNanos) {
    Decision decision = new Decision(nowNanos, kind, process.key(), on, why, rejected);
    log.add(decision);
    locator.full(process.key(), Set.of());
    return new SchedulingEffect.Place(process.key(), on, decision);
  }

  /** The best move to any of the nodes, or null, with the reasons in the log. */
  private SchedulingEffect.@Nullable Migrate send(
      List<LoadRecord> known, NodeLoad own, String initiation, long nowNanos) {
    double here = own.stretchWith(own.runQueue());
    List<Rejection> rejected = new ArrayList<>();
    ProcessLoad best = null;
    Locator.Found bestFound = null;
    Move bestMove = null;
    double bestGain = Double.NEGATIVE_INFINITY;
    for (ProcessLoad process : prospects(rejected, nowNanos)) {
      Locator.Found found =
          locator.find(process, own, here, known, Locator.Demand.FASTER, nowNanos);
      Move move = found.move();
      if (move == null) {
        bestFound = bestFound == null ? found : bestFound;
        continue;
      }
      Rejection rejection = policies.selection().rejects(process, move);
      if (rejection != null) {
        rejected.add(rejection);
        continue;
      }
      double gain = policies.selection().gain(process, move);
      if (gain > bestGain) {
        best = process;
        bestFound = found;
        bestMove = move;
        bestGain = gain;
      }
    }
    if (bestFound != null) {
      rejected.addAll(bestFound.rejected());
    }
    if (best == null || bestMove == null) {
      log.add(new Decision(nowNanos, Decision.Kind.STAY, null, null, "no move pays", rejected));
      return null;
    }
    Decision decision =
        new Decision(
            nowNanos,
            Decision.Kind.MIGRATE,
            best.key(),
            bestMove.to(),
            String.format(
                Locale.ROOT,
                "%s: stretched %.2f times here against %.2f there; age %.2f s, cost %.3f s",
                initiation,
                here,
                bestMove.stretchThere(),
                best.ageNanos() / 1e9,
                bestMove.costNanos() / 1e9),
            rejected);
    log.add(decision);
    leaving.add(best.key());
    locator.noteSent(best.key(), bestMove.to(), nowNanos + bestMove.costNanos());
    return new SchedulingEffect.Migrate(best.key(), bestMove.to(), decision);
  }

  private List<ProcessLoad> prospects(List<Rejection> rejected, long nowNanos) {
    List<ProcessLoad> prospects = new ArrayList<>();
    for (ProcessLoad process : local.processes(nowNanos)) {
      if (leaving.contains(process.key())) {
        continue;
      }
      Rejection rejection =
          process.movable()
              ? policies.stability().holds(process)
              : Rejection.of(process.key(), Cause.NOT_MOVABLE, "cannot be moved");
      if (rejection == null) {
        rejection = policies.selection().rejects(process);
      }
      if (rejection == null) {
        prospects.add(process);
      } else {
        rejected.add(rejection);
      }
    }
    prospects.sort(
        Comparator.comparingDouble((ProcessLoad p) -> policies.selection().gain(p, null))
            .reversed()
            .thenComparing(ProcessLoad::key));
    return prospects.size() > MOST_CONSIDERED ? prospects.subList(0, MOST_CONSIDERED) : prospects;
  }

  private List<SchedulingEffect> workWanted(NodeId from, NodeLoad load, long nowNanos) {
    NodeLoad own = local.load();
    if (policies.activation().gives(own) && !departures.active()) {
      LoadRecord fresh = new LoadRecord(from, load, 0, nowNanos);
      SchedulingEffect.Migrate migrate = send(List.of(fresh), own, "receiver-initiated", nowNanos);
      if (migrate != null) {
        return List.of(migrate);
      }
    }
    return List.of(new SchedulingEffect.TellNoWork(from));
  }

  /** Asks the most loaded node that has not been asked in this round. */
  private List<SchedulingEffect> askNext(long nowNanos) {
    NodeLoad own = local.load();
    if (asked.size() >= policies.candidates()
        || !(policies.activation().receive(Trigger.PROCESS_ENDED, own)
            || policies.activation().receive(Trigger.TICK, own))) {
      return NOTHING;
    }
    LoadRecord busiest = null;
    for (LoadRecord record : locator.usable(view, nowNanos)) {
      if (!asked.contains(record.node())
          && policies.activation().gives(record.load())
          && (busiest == null || record.load().runQueue() > busiest.load().runQueue())) {
        busiest = record;
      }
    }
    if (busiest == null) {
      return NOTHING;
    }
    asked.add(busiest.node());
    return List.of(new SchedulingEffect.AskForWork(busiest.node()));
  }

  private List<SchedulingEffect> admission(NodeId from, ProcessLoad process, long nowNanos) {
    boolean home = process.key().home().equals(self);
    String refusal =
        departures.draining()
            ? "it is being drained"
            : policies
                .admission()
                .refuses(process, local.load(), incoming.size(), departures.ownerIsHere(), home);
    if (refusal == null) {
      incoming.put(process.key(), nowNanos);
      return List.of(new SchedulingEffect.Admit(from, process.key()));
    }
    Decision decision =
        new Decision(nowNanos, Decision.Kind.REFUSE, process.key(), self, refusal, List.of());
    log.add(decision);
    return List.of(new SchedulingEffect.Refuse(from, process.key(), decision));
  }

  private List<SchedulingEffect> migrationEnded(
      SchedulingEvent.MigrationEnded ended, long nowNanos) {
    leaving.remove(ended.process());
    switch (ended.outcome()) {
      case DONE -> {
        locator.forget(ended.process());
        departures.forget(ended.process());
        cost.observe(ended.to(), ended.bytes(), ended.nanos());
      }
      case UNSUITABLE -> locator.noteUnsuitable(ended.process(), ended.to(), nowNanos);
      case REFUSED, FAILED -> locator.noteFailed(ended.process(), ended.to(), nowNanos);
    }
    return departures.active() ? departures.again(nowNanos) : NOTHING;
  }
}
