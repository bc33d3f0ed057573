package io.godwit.simulator;

import io.godwit.core.NodeId;
import io.godwit.policy.load.Dissemination;
import io.godwit.policy.load.LoadEffect;
import io.godwit.policy.load.LoadEvent;
import io.godwit.policy.load.LoadExport;
import io.godwit.policy.load.LoadMessage;
import io.godwit.policy.load.LoadRecord;
import io.godwit.policy.load.ProcessKey;
import io.godwit.policy.load.ProcessLoad;
import io.godwit.policy.profile.Profile;
import io.godwit.policy.scheduling.Decision;
import io.godwit.policy.scheduling.FixedCost;
import io.godwit.policy.scheduling.MeasuredCost;
import io.godwit.policy.scheduling.ResourceExpression;
import io.godwit.policy.scheduling.Scheduler;
import io.godwit.policy.scheduling.SchedulingEffect;
import io.godwit.policy.scheduling.SchedulingEvent;
import io.godwit.policy.scheduling.SchedulingEvent.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in virtual time: nodes of the model, each with a load layer and a scheduler of policy,
 * joined by a network with latency. It carries out the effects of policy as the daemon does:
 * candidates are asked of the load layer, a migration asks its destination for admission first, and
 * a process is frozen for the cost of its move.
 */
final class SimCluster {
  private static final long NODE_MEMORY_BYTES = 64L << 30;
  private static final double LINK_BYTES_PER_SECOND = 100e6;
  private static final long REBOOT_NANOS = 60_000_000_000L;
  private static final long DETECTION_NANOS = 5_000_000_000L;

  private static final int DECISIONS_KEPT = 4;

  /** Larger clusters are not run on until the last process has ended. */
  private static final int MOST_NODES_DRAINED = 64;

  /** A run that goes on until all is done ends at the latest after this many times its duration. */
  private static final int MOST_DURATIONS = 20;

  private final SimulationOptions options;
  private final Profile profile;
  private final List<Arrival> arrivals;
  private final EventQueue queue = new EventQueue();
  private final Tally tally = new Tally();
  private final SimNode[] nodes;
  private final Map<NodeId, SimNode> byId = new HashMap<>();
  private final List<NodeId> members;
  private final Map<ProcessKey, SimProcess> starting = new HashMap<>();
  private final List<@Nullable SimProcess> partners = new ArrayList<>();
  private final SplittableRandom memory;
  private final SplittableRandom owners;
  private final SplittableRandom failures;
  private final SplittableRandom policyRandom;
  private final LoadExport export;
  private final boolean reportsChanges;
  private int arrived;
  private int alive;
  private boolean draining;

  SimCluster(SimulationOptions options, Profile profile, List<Arrival> arrivals, int nodeCount) {
    this.options = options;
    this.profile = profile;
    this.arrivals = arrivals;
    SplittableRandom root = new SplittableRandom(options.seed());
    memory = root.split();
    owners = root.split();
    failures = root.split();
    policyRandom = root.split();
    export = profile.load().export();
    reportsChanges = profile.load().spread() == Profile.Spread.CENTRAL;
    nodes = new SimNode[nodeCount];
    // One immutable list that the load layers of all nodes share: a copy of it is itself, which is
    // not true of what a stream makes.
    members =
        List.copyOf(IntStream.range(0, nodeCount).mapToObj(i -> new NodeId("node" + i)).toList());
    for (int i = 0; i < nodeCount; i++) {
      NodeId id = members.get(i);
      nodes[i] =
          new SimNode(id, i, options.coresPerNode(), 1.0, NODE_MEMORY_BYTES, LINK_BYTES_PER_SECOND);
      byId.put(id, nodes[i]);
    }
  }

  Result run() {
    for (SimNode node : nodes) {
      boot(node, 0);
      if (options.disturbances().ownerMinutes() > 0) {
        queue.at(ownerPause(), now -> ownerChanges(node, now));
      }
      if (options.disturbances().failuresPerNodeDay() > 0) {
        queue.at(failurePause(), now -> fail(node, now));
      }
    }
    if (!arrivals.isEmpty()) {
      queue.at(arrivals.getFirst().timeNanos(), this::nextArrival);
    }
    long last = arrivals.isEmpty() ? 0 : arrivals.getLast().timeNanos();
    long duration = options.demand().durationNanos() > 0 ? options.demand().durationNanos() : last;
    boolean drains = nodes.length <= MOST_NODES_DRAINED;
    queue.runUntil(duration);
    if (drains && alive + arrivals.size() - arrived > 0) {
      draining = true;
      queue.runUntil(Math.multiplyExact(duration, MOST_DURATIONS));
    }
    return tally.result(profile.name(), options, nodes.length, alive, queue.nowNanos());
  }

  /** Events that have happened. */
  long events() {
    return queue.processed();
  }

  private void boot(SimNode node, long nowNanos) {
    node.boots++;
    node.load =
        profile.dissemination(
            node.id,
            policyRandom.split(),
            nowNanos,
            nowNanos + (long) (policyRandom.nextDouble() * profile.load().periodNanos()));
    // A name list says nothing about cost; the others measure it as they go.
    node.scheduler =
        new Scheduler(
            node,
            node.load,
            profile.scheduling(node.id),
            nodes.length > MOST_NODES_DRAINED
                ? new FixedCost(options.cost().fixedNanos(), options.cost().bytesPerSecond())
                : new MeasuredCost(options.cost().fixedNanos(), options.cost().bytesPerSecond()),
            policyRandom.split(),
            DECISIONS_KEPT);
    node.loadWakeNanos = Long.MAX_VALUE;
    tellLoad(node, new LoadEvent.Members(members), nowNanos);
    collect(node, nowNanos);
    long phase = (long) (policyRandom.nextDouble() * options.schedulerPeriodNanos());
    int boots = node.boots;
    queue.at(nowNanos + phase, now -> schedulerTick(node, boots, now));
  }

  private void schedulerTick(SimNode node, int boots, long nowNanos) {
    if (node.boots != boots) {
      return;
    }
    tellScheduler(node, SchedulingEvent.Tick.TICK, nowNanos);
    queue.at(nowNanos + options.schedulerPeriodNanos(), now -> schedulerTick(node, boots, now));
  }

  // Load layer.

  private void tellLoad(SimNode node, LoadEvent event, long nowNanos) {
    Dissemination load = node.load;
    if (load == null) {
      return;
    }
    List<LoadEffect> effects = load.on(event, nowNanos);
    long wake = load.wakeNanos();
    int boots = node.boots;
    if (wake != node.loadWakeNanos) {
      node.loadWakeNanos = wake;
      if (wake != Long.MAX_VALUE) {
        queue.at(wake, now -> loadTick(node, boots, wake, now));
      }
    }
    for (int i = 0; i < effects.size(); i++) {
      switch (effects.get(i)) {
        case LoadEffect.Send(NodeId to, LoadMessage message) -> send(to, message, nowNanos);
        case LoadEffect.ViewReady ready -> viewReady(node, load, nowNanos);
        case LoadEffect.MasterIs master -> {}
      }
    }
  }

  private void loadTick(SimNode node, int boots, long wakeNanos, long nowNanos) {
    if (node.boots == boots && node.loadWakeNanos == wakeNanos) {
      collect(node, nowNanos);
      tellLoad(node, LoadEvent.Tick.TICK, nowNanos);
    }
  }

  private void send(NodeId to, LoadMessage message, long nowNanos) {
    tally.messages++;
    tally.messageBytes += message.wireBytes();
    SimNode target = byId.get(to);
    if (target != null) {
      queue.at(nowNanos + options.latencyNanos(), now -> deliver(target, message, now));
    }
  }

  private void deliver(SimNode target, LoadMessage message, long nowNanos) {
    if (target.dead) {
      return;
    }
    if (message instanceof LoadMessage.Query) {
      collect(target, nowNanos);
    }
    tellLoad(target, new LoadEvent.Received(message), nowNanos);
  }

  private void collect(SimNode node, long nowNanos) {
    Scheduler scheduler = node.scheduler;
    int promised = scheduler == null ? 0 : scheduler.promised();
    tellLoad(node, new LoadEvent.Collected(export.adjust(node.load(), promised)), nowNanos);
  }

  private void viewReady(SimNode node, Dissemination load, long nowNanos) {
    List<LoadRecord> records = load.records(nowNanos);
    long sum = 0;
    for (LoadRecord record : records) {
      sum += record.ageNanos(nowNanos);
    }
    if (!records.isEmpty()) {
      tally.informationAge(sum / records.size());
    }
    tellScheduler(node, SchedulingEvent.ViewReady.READY, nowNanos);
  }

  // Scheduler.

  private void tellScheduler(SimNode node, SchedulingEvent event, long nowNanos) {
    Scheduler scheduler = node.scheduler;
    if (scheduler == null || node.dead) {
      return;
    }
    List<SchedulingEffect> effects = scheduler.on(event, nowNanos);
    for (int i = 0; i < effects.size(); i++) {
      carryOut(node, effects.get(i), nowNanos);
    }
  }

  private void carryOut(SimNode node, SchedulingEffect effect, long nowNanos) {
    long then = nowNanos + options.latencyNanos();
    switch (effect) {
      case SchedulingEffect.WantCandidates(int count) ->
          tellLoad(node, new LoadEvent.Wanted(count), nowNanos);
      case SchedulingEffect.Place(ProcessKey key, NodeId on, Decision decision) ->
          place(node, key, on, nowNanos);
      case SchedulingEffect.Migrate(ProcessKey key, NodeId to, Decision decision) ->
          askAdmission(node, key, to, decision, nowNanos);
      case SchedulingEffect.Suspend(ProcessKey key, Decision decision) ->
          suspend(node, key, true, nowNanos);
      case SchedulingEffect.Continue(ProcessKey key, Decision decision) ->
          suspend(node, key, false, nowNanos);
      case SchedulingEffect.AskForWork(NodeId of) ->
          queue.at(
              then,
              now ->
                  tellScheduler(
                      node(of), new SchedulingEvent.WorkWanted(node.id, node.load()), now));
      case SchedulingEffect.TellNoWork(NodeId to) ->
          queue.at(then, now -> tellScheduler(node(to), new SchedulingEvent.NoWork(node.id), now));
      // Answers to admission are taken where the question is asked.
      case SchedulingEffect.Admit admit -> {}
      case SchedulingEffect.Refuse refuse -> {}
      case SchedulingEffect.Drained drained -> {}
    }
  }

  private SimNode node(NodeId id) {
    SimNode node = byId.get(id);
    if (node == null) {
      throw new IllegalStateException("no node " + id);
    }
    return node;
  }

  private void suspend(SimNode node, ProcessKey key, boolean stop, long nowNanos) {
    SimProcess process = node.find(key);
    if (process != null) {
      node.suspend(process, stop, nowNanos);
      changed(node, nowNanos);
    }
  }

  // Processes.

  private void nextArrival(long nowNanos) {
    Arrival arrival = arrivals.get(arrived++);
    if (arrived < arrivals.size()) {
      queue.at(arrivals.get(arrived).timeNanos(), this::nextArrival);
    }
    SimNode home = nodes[arrival.node() % nodes.length];
    SimProcess process =
        new SimProcess(
            new ProcessKey(home.id, arrived),
            arrival.name(),
            "user" + home.index,
            home,
            nowNanos,
            Math.max(1e3, arrival.workSeconds() * 1e9),
            (long) (memory.nextExponential() * options.cost().meanMemoryBytes()));
    alive++;
    pair(process, arrival, nowNanos);
    enter(process, nowNanos);
  }

  private void pair(SimProcess process, Arrival arrival, long nowNanos) {
    if (!options.demand().workload().equals("groups")) {
      return;
    }
    SimProcess other = arrival.partner() < 0 ? null : partners.get(arrival.partner());
    partners.add(process);
    if (other != null && !other.ended) {
      other.node.advance(nowNanos);
      process.partner = other;
      process.partnerBytesPerSecond = arrival.bytesPerSecond();
      other.partner = process;
      other.partnerBytesPerSecond = arrival.bytesPerSecond();
      changed(other.node, nowNanos);
    }
  }

  /** The process comes to its home and may be started there or elsewhere. */
  private void enter(SimProcess process, long nowNanos) {
    if (process.home.dead) {
      queue.at(nowNanos + DETECTION_NANOS, now -> enter(process, now));
      return;
    }
    starting.put(process.key, process);
    ProcessLoad load =
        new ProcessLoad(
            process.key, process.name, process.user, 0, 0, 0, 0, 0, 0, 0, 0, Map.of(), true);
    tellScheduler(
        process.home, new SchedulingEvent.PlacementWanted(load, ResourceExpression.ANY), nowNanos);
  }

  private void place(SimNode from, ProcessKey key, NodeId on, long nowNanos) {
    SimProcess process = starting.remove(key);
    if (process == null) {
      return;
    }
    SimNode target = node(on);
    if (target == from) {
      begin(process, target, nowNanos);
      tellScheduler(target, new SchedulingEvent.Started(key), nowNanos);
      return;
    }
    tally.placements++;
    queue.at(
        nowNanos + options.latencyNanos() + options.cost().fixedNanos(),
        now -> {
          SimNode reached = target.dead ? process.home : target;
          begin(process, reached, now);
          tellScheduler(reached, new SchedulingEvent.Arrived(key), now);
        });
  }

  private void begin(SimProcess process, SimNode node, long nowNanos) {
    if (node.dead) {
      queue.at(nowNanos + DETECTION_NANOS, now -> enter(process, now));
      return;
    }
    node.add(process, nowNanos);
    changed(node, nowNanos);
  }

  /** The processes of a node have changed: the next completion is another. */
  private void changed(SimNode node, long nowNanos) {
    node.advance(nowNanos);
    awaitCompletion(node);
    if (reportsChanges && !node.dead) {
      collect(node, nowNanos);
    }
  }

  /** Nothing is scheduled where a look at the node that is to come anyway is early enough. */
  private void awaitCompletion(SimNode node) {
    long next = node.nextCompletionNanos();
    if (node.looks.add(next)) {
      queue.at(next, now -> complete(node, now));
    }
  }

  private void complete(SimNode node, long nowNanos) {
    node.looks.removeFirst();
    node.advance(nowNanos);
    List<SimProcess> done = new ArrayList<>(1);
    for (SimProcess process : node.running) {
      // Half a nanosecond: what rounding of the completion time may leave.
      if (process.doneNanos >= process.workNanos - 0.5) {
        done.add(process);
      }
    }
    if (done.isEmpty()) {
      awaitCompletion(node);
      return;
    }
    for (SimProcess process : done) {
      end(process, node, nowNanos);
    }
    changed(node, nowNanos);
    for (SimProcess process : done) {
      tellScheduler(node, new SchedulingEvent.Ended(process.key), nowNanos);
    }
    if (draining && alive == 0 && arrived == arrivals.size()) {
      queue.stop();
    }
  }

  private void end(SimProcess process, SimNode node, long nowNanos) {
    node.remove(process, nowNanos);
    process.ended = true;
    alive--;
    if (process.arrivalNanos >= options.warmUpNanos()) {
      tally.finished(process, nowNanos);
    }
    freePartner(process, nowNanos);
  }

  private void freePartner(SimProcess process, long nowNanos) {
    SimProcess partner = process.partner;
    if (partner != null && !partner.ended) {
      SimNode there = partner.node;
      there.advance(nowNanos);
      if (process.ended) {
        partner.partner = null;
      }
      changed(there, nowNanos);
    }
  }

  // Migration.

  private void askAdmission(
      SimNode from, ProcessKey key, NodeId to, Decision decision, long nowNanos) {
    SimProcess process = from.find(key);
    if (process == null) {
      migrationEnded(from, key, to, Outcome.FAILED, 0, 0, nowNanos);
      return;
    }
    process.moving = true;
    ProcessLoad load = describe(process);
    queue.at(
        nowNanos + options.latencyNanos(),
        now -> {
          boolean admitted = admits(node(to), from.id, load, now);
          queue.at(
              now + options.latencyNanos(),
              later -> admission(process, from, node(to), admitted, decision, later));
        });
  }

  private static ProcessLoad describe(SimProcess process) {
    return ProcessLoad.of(
        process.key, process.name, (long) process.doneNanos, 0, process.memoryBytes);
  }

  private static boolean admits(SimNode target, NodeId from, ProcessLoad load, long nowNanos) {
    Scheduler scheduler = target.scheduler;
    return !target.dead
        && scheduler != null
        && scheduler.on(new SchedulingEvent.AdmissionAsked(from, load), nowNanos).stream()
            .anyMatch(effect -> effect instanceof SchedulingEffect.Admit);
  }

  private void admission(
      SimProcess process,
      SimNode from,
      SimNode to,
      boolean admitted,
      Decision decision,
      long nowNanos) {
    process.moving = false;
    if (process.ended || from.dead || process.node != from || from.find(process.key) == null) {
      if (admitted) {
        tellScheduler(to, new SchedulingEvent.Withdrawn(process.key), nowNanos);
      }
      migrationEnded(from, process.key, to.id, Outcome.FAILED, 0, 0, nowNanos);
      return;
    }
    if (!admitted) {
      tally.refusals++;
      migrationEnded(from, process.key, to.id, Outcome.REFUSED, 0, 0, nowNanos);
      return;
    }
    if (decision.kind() == Decision.Kind.EVICT) {
      tally.evictions++;
      tally.guestStayed(nowNanos - from.ownerCameNanos);
    }
    from.remove(process, nowNanos);
    changed(from, nowNanos);
    long cost =
        options.cost().fixedNanos()
            + (long) (process.memoryBytes / options.cost().bytesPerSecond() * 1e9);
    queue.at(nowNanos + cost, now -> arrive(process, from, to, cost, now));
  }

  private void arrive(SimProcess process, SimNode from, SimNode to, long cost, long nowNanos) {
    if (to.dead) {
      // The source undoes.
      begin(process, from.dead ? process.home : from, nowNanos);
      migrationEnded(from, process.key, to.id, Outcome.FAILED, 0, cost, nowNanos);
      return;
    }
    tally.migrations++;
    tally.migratedBytes += process.memoryBytes;
    process.moves++;
    if (process.cameFrom == to && nowNanos - process.leftThereNanos < Tally.THRASH_NANOS) {
      tally.thrashes++;
    }
    process.cameFrom = from;
    process.leftThereNanos = nowNanos - cost;
    begin(process, to, nowNanos);
    freePartner(process, nowNanos);
    tellScheduler(to, new SchedulingEvent.Arrived(process.key), nowNanos);
    migrationEnded(from, process.key, to.id, Outcome.DONE, process.memoryBytes, cost, nowNanos);
  }

  private void migrationEnded(
      SimNode from,
      ProcessKey key,
      NodeId to,
      Outcome outcome,
      long bytes,
      long cost,
      long nowNanos) {
    tellScheduler(
        from, new SchedulingEvent.MigrationEnded(key, to, outcome, bytes, cost), nowNanos);
  }

  // Owners and failures.

  private long ownerPause() {
    return (long) (owners.nextExponential() * options.disturbances().ownerMinutes() * 60e9);
  }

  private void ownerChanges(SimNode node, long nowNanos) {
    boolean here = !node.ownerHere;
    node.owner(here, nowNanos);
    collect(node, nowNanos);
    tellScheduler(
        node,
        here ? new SchedulingEvent.OwnerReturned() : new SchedulingEvent.OwnerLeft(),
        nowNanos);
    queue.at(nowNanos + ownerPause(), now -> ownerChanges(node, now));
  }

  private long failurePause() {
    return (long)
        (failures.nextExponential() * 86_400e9 / options.disturbances().failuresPerNodeDay());
  }

  private void fail(SimNode node, long nowNanos) {
    node.advance(nowNanos);
    node.dead = true;
    for (SimProcess process : List.copyOf(node.running)) {
      node.remove(process, nowNanos);
      process.doneNanos = 0;
      process.moving = false;
      tally.restarts++;
      queue.at(nowNanos + DETECTION_NANOS, now -> enter(process, now));
    }
    changed(node, nowNanos);
    queue.at(
        nowNanos + DETECTION_NANOS,
        now -> {
          for (SimNode other : nodes) {
            if (other != node && !other.dead) {
              tellLoad(other, new LoadEvent.Suspected(node.id), now);
            }
          }
        });
    queue.at(
        nowNanos + REBOOT_NANOS,
        now -> {
          node.dead = false;
          boot(node, now);
          queue.at(now + failurePause(), later -> fail(node, later));
        });
  }
}
