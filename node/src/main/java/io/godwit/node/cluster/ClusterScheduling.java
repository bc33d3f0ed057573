package io.godwit.node.cluster;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.journal.DurableFiles;
import io.godwit.node.peers.PeerScheduling;
import io.godwit.policy.load.LoadMessage;
import io.godwit.policy.load.LoadRecord;
import io.godwit.policy.load.NodeLoad;
import io.godwit.policy.load.ProcessKey;
import io.godwit.policy.load.ProcessLoad;
import io.godwit.policy.scheduling.Decision;
import io.godwit.policy.scheduling.ResourceExpression;
import io.godwit.policy.scheduling.SchedulingEffect;
import io.godwit.policy.scheduling.SchedulingEvent;
import io.godwit.wire.proto.AdmitReply;
import io.godwit.wire.proto.AdmitRequest;
import io.godwit.wire.proto.DecisionEntry;
import io.godwit.wire.proto.DrainOutcome;
import io.godwit.wire.proto.DrainProgress;
import io.godwit.wire.proto.DrainRequest;
import io.godwit.wire.proto.ExplainReply;
import io.godwit.wire.proto.ExplainRequest;
import io.godwit.wire.proto.LoadNote;
import io.godwit.wire.proto.LoadTaken;
import io.godwit.wire.proto.ProfileText;
import io.godwit.wire.proto.RejectionEntry;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A node's load layer and scheduler while its daemon runs, as the rest of the daemon and the other
 * nodes see them. Safe from any thread.
 */
public final class ClusterScheduling implements PeerScheduling, AutoCloseable {
  private static final Logger LOG = System.getLogger(ClusterScheduling.class.getName());
  private static final String DRAINED = "drained";

  private final NodeId self;
  private final ProfileStore profiles;
  private final DutyCycle cycle;
  private final Path drained;
  private volatile Closed closed;
  private volatile NodeLoad load;

  /** Whether and why nothing is taken. */
  private record Closed(boolean drained, String because) {}

  /** What another node's load is known to be. */
  public record Known(NodeLoad load, long ageNanos) {}

  /**
   * Nothing happens before {@link #start}.
   *
   * @param directory where the profile and whether the node is drained are kept
   * @param profile the profile that the configuration names
   * @param cores processor cores that count, at least 1
   */
  public ClusterScheduling(
      NodeId self,
      Path directory,
      String profile,
      int cores,
      String architecture,
      Guesthood rules,
      ResidentPods pods,
      Neighbours neighbours) {
    this(
        self,
        directory,
        profile,
        new LoadCollector(self, cores, Set.of(architecture)),
        rules,
        pods,
        neighbours);
  }

  /**
   * Nothing happens before {@link #start}.
   *
   * @param collector what tells the node's load
   */
  public ClusterScheduling(
      NodeId self,
      Path directory,
      String profile,
      LoadCollector collector,
      Guesthood rules,
      ResidentPods pods,
      Neighbours neighbours) {
    this.self = self;
    this.profiles = new ProfileStore(directory, profile);
    this.drained = directory.resolve(DRAINED);
    this.load = collector.load(pod -> true, true, Long.MAX_VALUE);
    boolean wasDrained = Files.exists(drained);
    this.cycle = new DutyCycle(self, pods, neighbours, profiles, rules, collector, wasDrained);
    this.closed = new Closed(wasDrained, wasDrained ? DutyCycle.DRAINED : "");
  }

  public void start() {
    cycle.start();
  }

  /** The profile in use. */
  public ProfileText profile() {
    return profiles.current().text();
  }

  /** Uses another profile from now on, here and on all nodes that can be reached. */
  public ProfileText use(String name, String text) {
    ProfileText chosen = profiles.choose(name, text).text();
    cycle.post(
        () -> {
          cycle.reprofile();
          cycle.spreadProfile();
        });
    return chosen;
  }

  /** Another choice has come to this node; the later one counts. */
  public void adopt(ProfileText told) {
    if (profiles.adopt(told)) {
      cycle.post(cycle::reprofile);
    }
  }

  /**
   * Where a job is to start: blocks for a moment.
   *
   * @param full nodes that have no place for it
   */
  public JobPlacement place(
      String pod, String program, String user, ResourceExpression needs, Set<NodeId> full)
      throws InterruptedException {
    return cycle.jobs().place(self, pod, program, user, needs, full);
  }

  /** A pod is about to start that was placed by {@link #place}. */
  public void starting(String pod) {
    cycle.post(() -> cycle.jobs().starting(pod));
  }

  /** This node's load as it was last looked at. */
  public NodeLoad load() {
    refresh();
    return load;
  }

  /** What is known of another node's load. */
  public Optional<Known> known(NodeId node) {
    return cycle.ask(
        () -> {
          LoadRecord record = cycle.known(node);
          return record == null
              ? Optional.empty()
              : Optional.of(new Known(record.load(), record.ageNanos(System.nanoTime())));
        });
  }

  /** Everything that the load layer knows of the others now, and when. */
  public List<LoadRecord> records() {
    return cycle.ask(cycle::records);
  }

  /** Whether the failure detector believes that the node is dead. */
  public boolean suspects(NodeId node) {
    return cycle.ask(() -> cycle.detector().suspected(node));
  }

  /** How many decisions of each kind there were since the profile in use was chosen. */
  public Map<Decision.Kind, Long> decisions() {
    return cycle.ask(() -> cycle.scheduler().log().counts());
  }

  /** Takes the figures over for those who must not wait. */
  private void refresh() {
    cycle.post(
        () -> {
          load = cycle.ownLoad();
          closed = new Closed(cycle.draining(), cycle.closedBecause());
        });
  }

  @Override
  public double runQueue() {
    refresh();
    return load.runQueue();
  }

  @Override
  public String closedTo(boolean comesHome) {
    refresh();
    Closed now = closed;
    return comesHome && !now.drained() ? "" : now.because();
  }

  @Override
  public LoadTaken take(LoadNote note, NodeId from) {
    try {
      Runnable event = event(note, from);
      List<Hearsay.Rumour> rumours = LoadCodec.rumours(note);
      cycle.post(
          () -> {
            cycle.heard(from, note.getIncarnation(), rumours);
            event.run();
          });
      if (note.hasProfile() && profiles.adopt(note.getProfile())) {
        cycle.post(cycle::reprofile);
      }
    } catch (IllegalArgumentException senseless) {
      throw new GodwitException(
          ClusterError.BAD_NOTE,
          "taking a note of node " + from,
          String.valueOf(senseless.getMessage()),
          "run the same release of Godwit on all nodes",
          senseless);
    }
    ProfileText mine = profiles.current().text();
    LoadTaken.Builder taken =
        LoadTaken.newBuilder()
            .setProfileVersion(mine.getVersion())
            .setIncarnation(cycle.detector().incarnation());
    return mine.getVersion() > note.getProfileVersion()
        ? taken.setProfile(mine).build()
        : taken.build();
  }

  private Runnable event(LoadNote note, NodeId from) {
    return switch (note.getKind()) {
      case PROBE, UNRECOGNIZED -> () -> {};
      case VECTOR, REPORT, TAKEN, NOT_MASTER, ANSWER -> {
        LoadMessage received = LoadCodec.decode(note, from);
        yield () -> cycle.received(received);
      }
      case QUERY -> {
        LoadMessage received = LoadCodec.decode(note, from);
        yield () -> {
          cycle.freshen();
          cycle.received(received);
        };
      }
      case WORK_WANTED -> {
        List<LoadRecord> records = LoadCodec.records(note);
        if (records.size() != 1) {
          throw new IllegalArgumentException("a request for work without a load");
        }
        NodeLoad theirs = records.getFirst().load();
        yield () -> cycle.tell(new SchedulingEvent.WorkWanted(from, theirs));
      }
      case NO_WORK -> () -> cycle.tell(new SchedulingEvent.NoWork(from));
      case WITHDRAWN -> {
        ProcessKey key = LoadCollector.key(new NodeId(note.getHome()), bounded(note.getPod()));
        yield () -> cycle.tell(new SchedulingEvent.Withdrawn(key));
      }
    };
  }

  private static String bounded(String text) {
    if (text.length() > ClusterLimits.TEXT) {
      throw new IllegalArgumentException("a text of " + text.length() + " characters");
    }
    return text;
  }

  @Override
  public AdmitReply admit(AdmitRequest request, NodeId from) {
    NodeId home = new NodeId(request.getHome());
    String pod = bounded(request.getPod());
    return cycle.ask(() -> admit(request, home, pod, from));
  }

  private AdmitReply admit(AdmitRequest request, NodeId home, String pod, NodeId from) {
    ProcessKey key = cycle.names().learn(home, pod);
    ProcessLoad process =
        new ProcessLoad(
            key,
            bounded(request.getProgram()),
            bounded(request.getUser()),
            Math.max(0, request.getAgeNanos()),
            0,
            Math.max(0, request.getMemoryBytes()),
            0,
            0,
            0,
            0,
            Math.max(0, request.getMoves()),
            Map.of(),
            true);
    for (SchedulingEffect effect :
        cycle
            .scheduler()
            .on(new SchedulingEvent.AdmissionAsked(from, process), System.nanoTime())) {
      DecisionEvent.emit(effect, cycle.names());
      if (effect instanceof SchedulingEffect.Admit) {
        cycle.collector().expect(pod, process.ageNanos(), process.moves() + 1);
        return AdmitReply.newBuilder().setAdmitted(true).build();
      }
      if (effect instanceof SchedulingEffect.Refuse(var asker, var asked, Decision decision)) {
        return AdmitReply.newBuilder().setWhy(decision.why()).build();
      }
    }
    return AdmitReply.newBuilder().setWhy("its scheduler gives no answer").build();
  }

  @Override
  public ExplainReply explain(ExplainRequest request) {
    int most =
        request.getMost() <= 0
            ? ClusterLimits.DECISIONS_TOLD
            : Math.min(request.getMost(), ClusterLimits.DECISIONS_TOLD);
    return cycle.ask(
        () -> {
          List<Decision> decisions = new ArrayList<>();
          if (request.getPod().isEmpty()) {
            decisions.addAll(cycle.scheduler().log().all());
          } else {
            for (ProcessKey key : cycle.names().keys(request.getPod())) {
              decisions.addAll(cycle.scheduler().log().about(key));
            }
          }
          ExplainReply.Builder reply = ExplainReply.newBuilder();
          long now = System.nanoTime();
          decisions.stream()
              .skip(Math.max(0, decisions.size() - most))
              .forEach(each -> reply.addDecisions(entry(each, now)));
          return reply.build();
        });
  }

  private DecisionEntry entry(Decision decision, long now) {
    ProcessKey process = decision.process();
    NodeId node = decision.node();
    DecisionEntry.Builder entry =
        DecisionEntry.newBuilder()
            .setAgeNanos(now - decision.atNanos())
            .setKind(decision.kind().name())
            .setPod(process == null ? "" : cycle.names().name(process))
            .setTo(node == null ? "" : node.name())
            .setWhy(decision.why());
    decision
        .rejected()
        .forEach(
            each ->
                entry.addRejected(
                    RejectionEntry.newBuilder()
                        .setSubject(cycle.names().subject(each.subject()))
                        .setCause(each.cause().name())
                        .setWhy(each.text())));
    return entry.build();
  }

  @Override
  public void drain(DrainRequest request, Consumer<DrainProgress> progress)
      throws InterruptedException {
    switch (request.getAction()) {
      case DRAIN -> {
        keepDrained(true);
        ask(() -> cycle.drain(true));
        follow(request, progress);
      }
      case UNDRAIN -> {
        keepDrained(false);
        ask(() -> cycle.drain(false));
        progress.accept(DrainProgress.newBuilder().setFinished(true).build());
      }
      case OWNER_RETURNED -> {
        ask(() -> cycle.ownerSays(true));
        follow(request, progress);
      }
      case OWNER_LEFT -> {
        ask(() -> cycle.ownerSays(false));
        progress.accept(DrainProgress.newBuilder().setFinished(true).build());
      }
      case UNRECOGNIZED ->
          throw new GodwitException(
              ClusterError.BAD_NOTE,
              "administering node " + self,
              "it does not know what is asked",
              "run the same release of Godwit on all nodes");
    }
  }

  /**
   * Lets all processes leave before the daemon stops; the next daemon takes processes again.
   *
   * @return how many could not leave within the time
   */
  public int evacuate(Duration wait) throws InterruptedException {
    ask(() -> cycle.drain(true));
    int[] left = {0};
    follow(
        DrainRequest.newBuilder().setWaitMillis(Math.max(1, wait.toMillis())).build(),
        told -> {
          left[0] = told.getLeft();
          told.getOutcomesList().stream()
              .filter(each -> each.getTo().isEmpty())
              .forEach(each -> LOG.log(Level.INFO, "{0} stays: {1}", each.getPod(), each.getWhy()));
        });
    return left[0];
  }

  private void ask(Runnable action) {
    closed =
        cycle.ask(
            () -> {
              action.run();
              return new Closed(cycle.draining(), cycle.closedBecause());
            });
  }

  /** Tells what changes until nothing is left, or the time is over. */
  private void follow(DrainRequest request, Consumer<DrainProgress> progress)
      throws InterruptedException {
    long begun = System.nanoTime();
    long limit =
        request.getWaitMillis() <= 0
            ? Long.MAX_VALUE
            : Duration.ofMillis(request.getWaitMillis()).toNanos();
    Map<String, DrainOutcome> told = new LinkedHashMap<>();
    while (true) {
      Departing now = cycle.ask(cycle::departing);
      boolean over = System.nanoTime() - begun >= limit;
      boolean cancelled = request.getAction() == DrainRequest.Action.DRAIN && !closed.drained();
      boolean finished = (now.left().isEmpty() && now.moving() == 0) || over || cancelled;
      DrainProgress.Builder news = DrainProgress.newBuilder().setLeft(now.left().size());
      now.gone()
          .forEach(
              (pod, to) ->
                  add(news, told, DrainOutcome.newBuilder().setPod(pod).setTo(to.name()).build()));
      for (Departing.Left left : now.left()) {
        if (!left.why().isEmpty()) {
          add(news, told, DrainOutcome.newBuilder().setPod(left.pod()).setWhy(left.why()).build());
        }
      }
      if (finished || news.getOutcomesCount() > 0) {
        progress.accept(news.setFinished(finished).build());
      }
      if (finished) {
        return;
      }
      Thread.sleep(ClusterLimits.DRAIN_TELLS);
    }
  }

  private static void add(
      DrainProgress.Builder news, Map<String, DrainOutcome> told, DrainOutcome outcome) {
    if (!outcome.equals(told.put(outcome.getPod(), outcome))) {
      news.addOutcomes(outcome);
    }
  }

  private void keepDrained(boolean now) {
    try {
      if (now) {
        DurableFiles.write(drained, "drained\n".getBytes(StandardCharsets.US_ASCII));
      } else {
        DurableFiles.remove(drained);
      }
    } catch (IOException full) {
      LOG.log(Level.WARNING, "a restart will forget the drain: {0}", full.getMessage());
    }
  }

  @Override
  public void close() {
    cycle.close();
  }
}
