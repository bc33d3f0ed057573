package io.godwit.node.cluster;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.policy.load.Dissemination;
import io.godwit.policy.load.LoadEffect;
import io.godwit.policy.load.LoadEvent;
import io.godwit.policy.load.LoadExport;
import io.godwit.policy.load.LoadMessage;
import io.godwit.policy.load.LoadRecord;
import io.godwit.policy.load.NodeLoad;
import io.godwit.policy.load.ProcessKey;
import io.godwit.policy.load.ProcessLoad;
import io.godwit.policy.scheduling.CostEstimator;
import io.godwit.policy.scheduling.Decision;
import io.godwit.policy.scheduling.LocalNode;
import io.godwit.policy.scheduling.MeasuredCost;
import io.godwit.policy.scheduling.Scheduler;
import io.godwit.policy.scheduling.SchedulingEffect;
import io.godwit.policy.scheduling.SchedulingEvent;
import io.godwit.wire.proto.LoadNote;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The node's scheduler thread: steps the load layer and the scheduler of policy with what happens
 * here and what other nodes say, and carries out what they want. Methods are for that thread alone
 * but for {@link #post}, {@link #ask} and {@link #close}.
 */
final class DutyCycle implements AutoCloseable {
  private static final Logger LOG = System.getLogger(DutyCycle.class.getName());

  static final String DRAINED = "it is being drained";

  /** Costs of a migration before one was measured. */
  private static final long FIRST_COST_NANOS = 100_000_000L;

  private static final double FIRST_BYTES_PER_SECOND = 500e6;

  private final NodeId self;
  private final ResidentPods pods;
  private final Neighbours neighbours;
  private final ProfileStore profiles;
  private final Guesthood rules;
  private final LoadCollector collector;
  private final OwnerWatch owner = new OwnerWatch();
  private final FailureDetector detector;
  private final MoveQueue moves;
  private final ProcessNames names = new ProcessNames();
  private final CostEstimator cost = new MeasuredCost(FIRST_COST_NANOS, FIRST_BYTES_PER_SECOND);
  private final SplittableRandom random = new SplittableRandom();
  private final BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(ClusterLimits.QUEUE);
  private final NoteSender notes;
  private final JobPlacements jobs = new JobPlacements(this);
  private final Map<String, ResidentPod> here = new LinkedHashMap<>();
  private final Set<String> placing = new HashSet<>();
  private final Map<String, NodeId> leftForDrain = new LinkedHashMap<>();
  private final LastSeen seen = new LastSeen();
  private final View local = new View();
  private final Thread thread;
  private Dissemination load;
  private Scheduler scheduler;
  private LoadExport export;
  private List<NodeId> members = List.of();
  private long collectAt;
  private long scheduleAt;
  private long ownerIdle = Long.MAX_VALUE;
  private boolean looked;
  private boolean draining;
  private boolean ownerSaidHere;
  private boolean ownerHere;
  private volatile boolean closing;

  /** What the scheduler sees of its own node: all but what is on its way out. */
  private final class View implements LocalNode {
    @Override
    public NodeId id() {
      return self;
    }

    @Override
    public NodeLoad load() {
      return collector.load(pod -> !leaving(pod) && !placing.contains(pod), accepts(), ownerIdle);
    }

    @Override
    public List<ProcessLoad> processes(long nowNanos) {
      return collector.processes(
          pod -> !leaving(pod) && !placing.contains(pod) && !doubted(pod),
          pod -> moves.movable(pod, nowNanos),
          nowNanos);
    }
  }

  DutyCycle(
      NodeId self,
      ResidentPods pods,
      Neighbours neighbours,
      ProfileStore profiles,
      Guesthood rules,
      LoadCollector collector,
      boolean drained) {
    this.self = self;
    this.pods = pods;
    this.neighbours = neighbours;
    this.profiles = profiles;
    this.rules = rules;
    this.collector = collector;
    this.draining = drained;
    this.detector = new FailureDetector(self, System.nanoTime());
    this.moves = new MoveQueue(neighbours, ended -> post(() -> ended(ended)));
    this.notes =
        new NoteSender(
            neighbours,
            profiles,
            detector,
            (node, taken) -> post(() -> heard(node, taken.getIncarnation(), List.of())),
            () -> post(this::reprofile));
    long now = System.nanoTime();
    this.collectAt = now;
    this.scheduleAt = now;
    this.export = profiles.current().profile().load().export();
    this.load = dissemination(now);
    this.scheduler = newScheduler();
    this.thread = Thread.ofPlatform().daemon().name("godwit-scheduler").unstarted(this::run);
  }

  void start() {
    post(this::reprofile);
    thread.start();
  }

  // Other threads.

  /** Has something done by the scheduler's thread; false where too much waits already. */
  boolean post(Runnable task) {
    return !closing && queue.offer(task);
  }

  /** Asks the scheduler's thread. */
  <T> T ask(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    boolean posted =
        post(
            () -> {
              try {
                answer.complete(question.get());
              } catch (RuntimeException failed) {
                answer.completeExceptionally(failed);
              }
            });
    try {
      if (posted) {
        return answer.get(ClusterLimits.ANSWER_TIME.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof GodwitException known) {
        throw known;
      }
      throw new IllegalStateException(failed.getCause());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException late) {
      LOG.log(Level.DEBUG, "the scheduler's thread is late");
    }
    throw new GodwitException(
        ClusterError.BUSY,
        "asking the scheduler of node " + self,
        "it did not answer within " + ClusterLimits.ANSWER_TIME.toSeconds() + " s",
        "try again; 'godwit nodes' shows whether the node is overloaded");
  }

  @Override
  public void close() {
    closing = true;
    moves.close();
    thread.interrupt();
  }

  // The thread's loop.

  private void run() {
    while (!closing) {
      try {
        long now = System.nanoTime();
        long wake = Math.min(Math.min(collectAt, scheduleAt), load.wakeNanos());
        Runnable task = queue.poll(Math.max(0, wake - now), TimeUnit.NANOSECONDS);
        if (task != null) {
          task.run();
        }
        due();
      } catch (InterruptedException stopping) {
        return;
      } catch (RuntimeException defect) {
        LOG.log(Level.ERROR, "the scheduler goes on after a defect", defect);
      }
    }
  }

  private void due() {
    long now = System.nanoTime();
    if (now >= collectAt) {
      collectAt = now + ClusterLimits.COLLECTION.toNanos();
      collect(now);
    }
    if (now >= load.wakeNanos()) {
      tellLoad(LoadEvent.Tick.TICK);
    }
    if (now >= scheduleAt) {
      scheduleAt = now + ClusterLimits.SCHEDULING.toNanos();
      schedule(now);
    }
  }

  private void collect(long now) {
    List<ResidentPod> present = pods.here();
    collector.look(present, now);
    watchOwner(now);
    tellLoad(new LoadEvent.Collected(exported()));
    changes(present, now);
  }

  private NodeLoad exported() {
    return export.adjust(local.load(), scheduler.promised());
  }

  /** What has started, come, ended or left since the last look. */
  private void changes(List<ResidentPod> present, long now) {
    Map<String, ResidentPod> before = new LinkedHashMap<>(here);
    here.clear();
    present.forEach(pod -> here.put(pod.name(), pod));
    boolean first = !looked;
    looked = true;
    for (ResidentPod pod : present) {
      ProcessKey key = names.learn(pod.home(), pod.name());
      if (!before.containsKey(pod.name())) {
        appeared(pod, key, first, now);
      }
    }
    for (ResidentPod pod : before.values()) {
      if (!here.containsKey(pod.name()) && !moves.moving(pod.name())) {
        placing.remove(pod.name());
        moves.forget(pod.name());
        tell(new SchedulingEvent.Ended(names.learn(pod.home(), pod.name())));
      }
    }
  }

  private void appeared(ResidentPod pod, ProcessKey key, boolean first, long now) {
    boolean foreign = !pod.home().equals(self);
    if (foreign && (rules.niceness() > 0 || ownerHere)) {
      yieldProcessor(pod.name());
    }
    if (first) {
      return;
    }
    tell(new SchedulingEvent.Needs(key, pod.needs()));
    if (foreign || pod.moved()) {
      tell(new SchedulingEvent.Arrived(key));
      return;
    }
    if (jobs.takeStarted(pod.name())) {
      tell(new SchedulingEvent.Started(key));
      return;
    }
    ProcessLoad process = collector.process(pod.name(), true, now);
    if (process != null && !draining) {
      placing.add(pod.name());
      tell(new SchedulingEvent.PlacementWanted(process, pod.needs()));
    }
  }

  private void yieldProcessor(String pod) {
    int niceness =
        ownerHere ? Math.max(Guesthood.NICE_WITH_OWNER, rules.niceness()) : rules.niceness();
    Thread.ofVirtual().name("godwit-nice-" + pod).start(() -> pods.yieldTo(pod, niceness));
  }

  private void watchOwner(long now) {
    ownerIdle =
        rules.watchesInput() ? owner.idleNanos(now, System.currentTimeMillis()) : Long.MAX_VALUE;
    boolean atWork =
        ownerSaidHere
            || ownerIdle < rules.ownerIdle().toNanos()
            || (rules.ownerLoad() > 0 && collector.besidePods() > rules.ownerLoad());
    if (atWork == ownerHere) {
      return;
    }
    ownerHere = atWork;
    LOG.log(Level.INFO, atWork ? "the owner is at work" : "the owner has left");
    here.values().stream()
        .filter(pod -> !pod.home().equals(self))
        .forEach(pod -> yieldProcessor(pod.name()));
    tell(atWork ? new SchedulingEvent.OwnerReturned() : new SchedulingEvent.OwnerLeft());
  }

  private void schedule(long now) {
    List<NodeId> known = neighbours.members();
    List<NodeId> toAsk = detector.look(known, now);
    if (!known.equals(members)) {
      members = known;
      tellLoad(new LoadEvent.Members(members));
    }
    for (NodeId node : toAsk) {
      notes.send(node, LoadNote.newBuilder().setKind(LoadNote.Kind.PROBE).setSentNanos(now));
    }
    detector.silent(now).forEach(this::died);
    tell(SchedulingEvent.Tick.TICK);
  }

  private void died(NodeId node) {
    seen.forget(node);
    tellLoad(new LoadEvent.Suspected(node));
  }

  // The profile.

  /** Begins anew with the profile in use; what is under way goes on. */
  void reprofile() {
    long now = System.nanoTime();
    export = profiles.current().profile().load().export();
    load = dissemination(now);
    scheduler = newScheduler();
    placing.clear();
    tellLoad(new LoadEvent.Members(members));
    tellLoad(new LoadEvent.Collected(exported()));
    if (draining) {
      tell(new SchedulingEvent.Drain());
    }
    if (ownerHere) {
      tell(new SchedulingEvent.OwnerReturned());
    }
    LOG.log(Level.INFO, "scheduling by profile {0}", profiles.current().text().getName());
  }

  private Dissemination dissemination(long now) {
    long period = profiles.current().profile().load().periodNanos();
    // Above every number that an earlier daemon has used: one a collection, four a second.
    long firstSequence = System.currentTimeMillis();
    return profiles
        .current()
        .profile()
        .dissemination(
            self, random.split(), firstSequence, now + (long) (random.nextDouble() * period));
  }

  private Scheduler newScheduler() {
    return new Scheduler(
        local, load, profiles.current().profile().scheduling(self), cost, random.split());
  }

  // Effects.

  void tellLoad(LoadEvent event) {
    for (LoadEffect effect : load.on(event, System.nanoTime())) {
      switch (effect) {
        case LoadEffect.Send(NodeId to, var message) -> notes.send(to, LoadCodec.encode(message));
        case LoadEffect.ViewReady ready -> {
          seen.remember(load.records(System.nanoTime()));
          tell(SchedulingEvent.ViewReady.READY);
        }
        case LoadEffect.MasterIs(NodeId master) ->
            LOG.log(Level.INFO, "node {0} collects load for all", master);
      }
    }
  }

  void tell(SchedulingEvent event) {
    for (SchedulingEffect effect : scheduler.on(event, System.nanoTime())) {
      DecisionEvent.emit(effect, names);
      carryOut(effect);
    }
  }

  private void carryOut(SchedulingEffect effect) {
    switch (effect) {
      case SchedulingEffect.WantCandidates(int count) -> tellLoad(new LoadEvent.Wanted(count));
      case SchedulingEffect.Place(ProcessKey key, NodeId on, Decision decision) ->
          place(key, on, decision);
      case SchedulingEffect.Migrate(ProcessKey key, NodeId to, Decision decision) ->
          move(key, to, decision);
      case SchedulingEffect.Suspend(ProcessKey key, Decision decision) -> suspend(key, true);
      case SchedulingEffect.Continue(ProcessKey key, Decision decision) -> suspend(key, false);
      case SchedulingEffect.AskForWork(NodeId of) ->
          notes.send(of, loadNote(LoadNote.Kind.WORK_WANTED));
      case SchedulingEffect.TellNoWork(NodeId to) ->
          notes.send(to, loadNote(LoadNote.Kind.NO_WORK));
      // Answers to questions are taken where they are asked, see admit.
      case SchedulingEffect.Admit admit -> {}
      case SchedulingEffect.Refuse refuse -> {}
      case SchedulingEffect.Drained drained -> LOG.log(Level.INFO, "the node is drained");
    }
  }

  private LoadNote.Builder loadNote(LoadNote.Kind kind) {
    long now = System.nanoTime();
    return LoadNote.newBuilder()
        .setKind(kind)
        .setSentNanos(now)
        .addEntries(LoadCodec.encode(new LoadRecord(self, exported(), 0, now)));
  }

  /**
   * A program starts at its home; where another node is the place for it, it goes there at once.
   */
  private void place(ProcessKey key, NodeId on, Decision decision) {
    String pod = names.find(key);
    if (jobs.placed(key, on)) {
      return;
    }
    if (pod != null && placing.remove(pod)) {
      if (on.equals(self)) {
        tell(new SchedulingEvent.Started(key));
      } else {
        move(key, on, decision);
      }
    }
  }

  private void move(ProcessKey key, NodeId to, Decision decision) {
    String pod = names.find(key);
    ProcessLoad process = pod == null ? null : collector.process(pod, true, System.nanoTime());
    if (pod == null || process == null) {
      tell(new SchedulingEvent.MigrationEnded(key, to, SchedulingEvent.Outcome.FAILED, 0, 0));
      return;
    }
    LOG.log(Level.INFO, "{0} goes to node {1}: {2}", pod, to, decision.why());
    String named = profiles.current().profile().transfer();
    moves.order(pod, process, to, MoveQueue.strategy(named, decision.kind()));
  }

  private void ended(MoveQueue.Ended ended) {
    if (ended.outcome() == SchedulingEvent.Outcome.DONE) {
      collector.gone(ended.pod());
      here.remove(ended.pod());
      if (draining) {
        leftForDrain.put(ended.pod(), ended.to());
      }
    }
    tell(
        new SchedulingEvent.MigrationEnded(
            ended.key(), ended.to(), ended.outcome(), ended.bytes(), ended.nanos()));
  }

  private void suspend(ProcessKey key, boolean stop) {
    String pod = names.find(key);
    if (pod != null) {
      Thread.ofVirtual().name("godwit-suspend-" + pod).start(() -> pods.suspend(pod, stop));
    }
  }

  /** Tells all others which profile is in use, now and not only by the way. */
  void spreadProfile() {
    members.stream().filter(node -> !node.equals(self)).forEach(notes::sendProfile);
  }

  // What others ask.

  void heard(NodeId node, long incarnation, List<Hearsay.Rumour> rumours) {
    long now = System.nanoTime();
    detector.heard(node, incarnation, now);
    detector.told(rumours, now).forEach(this::died);
  }

  void received(LoadMessage message) {
    tellLoad(new LoadEvent.Received(detector.believed(message)));
  }

  FailureDetector detector() {
    return detector;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  ProcessNames names() {
    return names;
  }

  LoadCollector collector() {
    return collector;
  }

  /** Fresh figures for one who asks. */
  void freshen() {
    tellLoad(new LoadEvent.Collected(exported()));
  }

  /** Where jobs are to start. */
  JobPlacements jobs() {
    return jobs;
  }

  /** Looks at the pods now: some have just started. */
  void collectNow() {
    collectAt = System.nanoTime() + ClusterLimits.COLLECTION.toNanos();
    collect(System.nanoTime());
  }

  /** What is known of another node's load, or null. */
  @Nullable LoadRecord known(NodeId node) {
    return seen.known(load.find(node), node);
  }

  /** What the load layer knows now. */
  List<LoadRecord> records() {
    return List.copyOf(load.records(System.nanoTime()));
  }

  NodeLoad ownLoad() {
    return collector.load(pod -> true, accepts(), ownerIdle);
  }

  private boolean leaving(String pod) {
    return moves.moving(pod) || neighbours.moving(pod);
  }

  private boolean doubted(String pod) {
    ResidentPod known = here.get(pod);
    return known == null || known.inDoubt();
  }

  private boolean accepts() {
    return rules.accepts() && !draining && !ownerHere;
  }

  /** Why the node takes no processes at present; empty where it does. */
  String closedBecause() {
    return draining ? DRAINED : ownerHere ? "its owner is at work there" : "";
  }

  void drain(boolean start) {
    draining = start;
    // Whoever waits for a place waits no longer: all have to leave.
    placing.clear();
    leftForDrain.clear();
    here.keySet().forEach(moves::forget);
    tell(start ? new SchedulingEvent.Drain() : new SchedulingEvent.Undrain());
  }

  void ownerSays(boolean atWork) {
    ownerSaidHere = atWork;
    watchOwner(System.nanoTime());
  }

  boolean draining() {
    return draining;
  }

  /** How far a drain, or an eviction, has come. */
  Departing departing() {
    List<Departing.Left> left = new ArrayList<>();
    for (ResidentPod pod : here.values()) {
      if (draining || !pod.home().equals(self)) {
        left.add(new Departing.Left(pod.name(), stays(pod)));
      }
    }
    Map<String, NodeId> gone = new LinkedHashMap<>(leftForDrain);
    left.forEach(each -> gone.remove(each.pod()));
    return new Departing(left, gone, moves.size());
  }

  private String stays(ResidentPod pod) {
    if (moves.moving(pod.name())) {
      return "";
    }
    if (pod.inDoubt()) {
      return "nobody knows which node owns it until the other side of its last move answers";
    }
    String trouble = moves.trouble(pod.name());
    if (!trouble.isEmpty()) {
      return trouble;
    }
    List<Decision> about = scheduler.log().about(names.learn(pod.home(), pod.name()));
    if (about.isEmpty() || about.getLast().kind() != Decision.Kind.STAY) {
      return "";
    }
    return names.reasons(about.getLast());
  }
}
