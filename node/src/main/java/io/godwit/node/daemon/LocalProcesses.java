package io.godwit.node.daemon;

import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.control.RunSpec;
import io.godwit.linux.account.Account;
import io.godwit.linux.launch.TerminalCalls;
import io.godwit.node.NodeError;
import io.godwit.node.control.Caller;
import io.godwit.node.home.ConsoleHome;
import io.godwit.node.peers.Residents;
import io.godwit.node.pod.ConsoleRelay;
import io.godwit.node.pod.Pod;
import io.godwit.node.pod.PodRoom;
import io.godwit.node.pod.PodSpec;
import io.godwit.node.pod.TimeOffsets;
import io.godwit.wire.PeerConnection;
import io.godwit.wire.proto.ConsoleFrame;
import io.godwit.wire.proto.ProcessStatus;
import io.godwit.wire.proto.ReportRequest;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** The processes of this node: their pods, consoles, records and ends. */
final class LocalProcesses implements Residents {
  private static final Logger LOG = System.getLogger(LocalProcesses.class.getName());
  private static final int UMASK = 0022;
  private static final int COMMAND_CHARACTERS = 4096;
  private static final int REPORT_TRIES = 150;
  private static final long REPORT_PAUSE_MILLIS = 2000;

  private final NodeId self;
  private final PodRoom pods;
  private final ProcessRegistry registry;
  private final Consoles consoles;
  private final PodTags tags;
  private final ProcessSignals signals;

  /** Thawed, and not yet told of: a program may end in between. */
  private final Map<String, Pod> arriving = new ConcurrentHashMap<>();

  /** Names of processes that have ended and nobody has seen how. */
  private final Set<String> lost = ConcurrentHashMap.newKeySet();

  /** Names of processes that were lost and are about to begin again here. */
  private final Set<String> retaken = ConcurrentHashMap.newKeySet();

  private volatile JobsOfNode jobs = JobsOfNode.NONE;
  private volatile Function<NodeId, PeerConnection> peers;
  private volatile boolean connected;

  LocalProcesses(
      NodeId self, PodRoom pods, ProcessRegistry registry, Consoles consoles, PodTags tags) {
    this.self = self;
    this.tags = tags;
    this.pods = pods;
    this.registry = registry;
    this.consoles = consoles;
    this.signals = new ProcessSignals(pods, this);
    this.peers =
        node -> {
          throw Daemon.outside("reaching node " + node);
        };
  }

  /** From now on other nodes can be reached. */
  void reach(Function<NodeId, PeerConnection> how) {
    peers = how;
    connected = true;
    registry.all().stream().filter(this::runsHere).forEach(this::connectFound);
  }

  /** The console of a pod that an earlier daemon left here. */
  private void connectFound(ProcessEntry entry) {
    Optional<Pod> pod = pods.find(entry.name());
    if (pod.isEmpty() || consoles.relay(entry.name()).isPresent()) {
      return;
    }
    if (entry.home().equals(self)) {
      consoles.connectHere(pod.get());
    } else if (connected) {
      consoles.foundAway(pod.get(), p -> peers.apply(entry.home()));
    }
  }

  /**
   * Takes up again what an earlier daemon left running.
   *
   * @param undecided the pods that the journal of migrations has a word about, which decides what
   *     becomes of them
   * @param needed asked when the pods are found: those whose pages others still need
   */
  void readopt(Set<String> undecided, Supplier<Set<String>> needed) {
    List<Pod> found = pods.readopt();
    Set<String> spared = new HashSet<>(undecided);
    spared.addAll(needed.get());
    for (Pod pod : found) {
      Optional<ProcessEntry> entry = registry.find(pod.id());
      if (entry.isPresent() && runsHere(entry.get())) {
        if (entry.get().home().equals(self)) {
          consoles.connectHere(pod);
        }
        watch(pod);
      } else if (!spared.contains(pod.id())) {
        // It was being built when the daemon died, or is the rest of one that has left.
        LOG.log(Level.INFO, "the unfinished pod {0} is discarded", pod.id());
        pod.relinquish();
        forgetVisitor(pod.id());
      }
    }
    for (ProcessEntry entry : registry.all()) {
      if (entry.waitStatus() == null
          && entry.node().equals(self)
          && pods.find(entry.name()).isEmpty()) {
        // It ended while no daemon watched, or with its machine.
        lost.add(entry.name());
        ended(entry.name(), LOST_STATUS);
      } else if (!entry.home().equals(self)
          && !entry.node().equals(self)
          && !undecided.contains(entry.name())) {
        // It was expected, and never came.
        registry.remove(entry.name());
      }
    }
  }

  boolean runsHere(ProcessEntry entry) {
    return entry.waitStatus() == null && entry.node().equals(self);
  }

  /** A pod that was to arrive does not: nothing is known of it here, unless this is its home. */
  void forgetVisitor(String pod) {
    if (registry.find(pod).filter(e -> !e.home().equals(self) && !runsHere(e)).isPresent()) {
      registry.remove(pod);
    }
  }

  /** What is told of a process whose end nobody saw: killed. */
  private static final int LOST_STATUS = 9;

  ProcessEntry run(Caller caller, RunSpec spec) {
    return run(caller, spec, PodTags.PLAIN);
  }

  /** As above, a program that needs certain nodes or a lease. */
  ProcessEntry run(Caller caller, RunSpec spec, PodTags.Tag tag) {
    Account owner = ProgramOwner.of(caller, spec);
    String name = spec.name() == null ? freshName(spec.arguments().getFirst()) : spec.name();
    ProcessEntry entry = fresh(name, owner.uid(), owner.name(), command(spec.arguments()), 0);
    Optional<ProcessEntry> before = begin(entry);
    tags.put(name, tag);
    boolean started = false;
    try {
      Pod pod = pods.create(podSpec(name, owner, spec));
      started = true;
      ProcessEntry running =
          registry.change(name, e -> e.numbered(pod.record().mainPodPid())).orElse(entry);
      consoles.connectHere(pod);
      watch(pod);
      return running;
    } finally {
      if (!started) {
        notBegun(name, before);
      }
    }
  }

  /**
   * Takes a pod into care that is built from elsewhere.
   *
   * @param build makes it, frozen by its cgroup; it runs when this returns
   * @param connected gets its console before it runs
   */
  ProcessEntry enter(ProcessEntry entry, Supplier<Pod> build, Consumer<ConsoleHome> connected) {
    Optional<ProcessEntry> before = begin(entry);
    boolean entered = false;
    try {
      Pod pod = build.get();
      entered = true;
      consoles.connectHere(pod);
      connected.accept(consoles.home(entry.name()));
      watch(pod);
      pod.cgroup().thaw();
      return entry;
    } finally {
      if (!entered) {
        notBegun(entry.name(), before);
      }
    }
  }

  /** A name that lives is refused, unless its process was taken back from where it was lost. */
  private Optional<ProcessEntry> begin(ProcessEntry entry) {
    if (!retaken.contains(entry.name())) {
      registry.add(entry);
      tags.put(entry.name(), PodTags.PLAIN);
      return Optional.empty();
    }
    Optional<ProcessEntry> before = registry.find(entry.name());
    registry.replace(entry);
    return before;
  }

  private void notBegun(String name, Optional<ProcessEntry> before) {
    if (before.isPresent()) {
      registry.replace(before.get());
    } else {
      registry.remove(name);
    }
  }

  /** A process that certainly runs nowhere is this node's from now on and may begin here again. */
  void retake(String pod, Epoch epoch) {
    registry.change(pod, e -> e.at(self, epoch).running());
    lost.remove(pod);
    retaken.add(pod);
  }

  /** It has begun again. */
  void retakenRuns(String pod) {
    retaken.remove(pod);
  }

  /** Whether nobody has seen how the process ended. */
  boolean isLost(String pod) {
    return lost.contains(pod);
  }

  /** Another node has a process of this home, by its home's leave; on disk when this returns. */
  void granted(String pod, NodeId by, Epoch epoch) {
    registry.change(pod, e -> later(e, by, epoch));
  }

  /** Another instance has taken the place of one that is here: what is left of it is killed. */
  void revoked(String pod) {
    consoles.forgetRelay(pod);
    pods.find(pod).ifPresent(Pod::relinquish);
    registry.remove(pod);
  }

  /**
   * What is known of a process that begins here, now.
   *
   * @param podPid its number in its pod
   */
  ProcessEntry fresh(String name, int uid, String command, int podPid) {
    String user = Account.ofUid(uid).map(Account::name).orElse(Integer.toUnsignedString(uid));
    return fresh(name, uid, user, command, podPid);
  }

  private ProcessEntry fresh(String name, int uid, String user, String command, int podPid) {
    return new ProcessEntry(
        name,
        uid,
        user,
        command,
        self,
        self,
        registry.find(name).map(e -> e.epoch().next()).orElse(Epoch.FIRST),
        System.currentTimeMillis(),
        podPid,
        null,
        "");
  }

  private static PodSpec podSpec(String name, Account owner, RunSpec spec) {
    PodSpec.Console console =
        spec.terminal() == null
            ? new PodSpec.Console.Pipes()
            : new PodSpec.Console.Terminal(
                new TerminalCalls.WindowSize(
                    spec.terminal().rows(), spec.terminal().columns(), 0, 0));
    PodSpec.Program program =
        new PodSpec.Program(
            spec.arguments().getFirst(),
            spec.arguments(),
            spec.environment(),
            spec.workingDirectory(),
            new PodSpec.Owner(owner.uid(), owner.gid(), ProgramOwner.groups(owner)),
            UMASK,
            List.of());
    return new PodSpec(name, hostName(), spec.network(), console, TimeOffsets.here(), program);
  }

  static String hostName() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException unreadable) {
      return "localhost";
    }
  }

  /** A name that nobody has, made from a program's. */
  String freshName(String program) {
    String base =
        program
            .substring(program.lastIndexOf('/') + 1)
            .replaceAll("[^A-Za-z0-9_-]", "")
            .toLowerCase(Locale.ROOT);
    String stem = base.isEmpty() || !Character.isLetter(base.charAt(0)) ? "p" + base : base;
    String bounded = stem.length() > 40 ? stem.substring(0, 40) : stem;
    for (int i = 0; i < 100; i++) {
      String name =
          bounded
              + "-"
              + Integer.toString(ThreadLocalRandom.current().nextInt(36 * 36 * 36 * 36), 36);
      if (registry.find(name).isEmpty()) {
        return name;
      }
    }
    throw new GodwitException(
        NodeError.POD_NAME_TAKEN, "naming a process", "a hundred names are taken", "use --name");
  }

  private static String command(List<String> arguments) {
    String line = String.join(" ", arguments);
    return line.length() > COMMAND_CHARACTERS ? line.substring(0, COMMAND_CHARACTERS) : line;
  }

  private void watch(Pod pod) {
    var _ = pod.mainStatus().thenAccept(status -> endedSoon(pod.id(), status));
  }

  /** The pods' one thread must not wait for disks and nodes. */
  private void endedSoon(String name, int status) {
    Thread.ofVirtual().name("godwit-end-" + name).start(() -> ended(name, status));
  }

  private void ended(String name, int status) {
    Optional<ProcessEntry> entry = registry.find(name);
    if (entry.isEmpty() || !entry.get().node().equals(self)) {
      return;
    }
    registry.change(name, e -> e.ended(status));
    registry.end(name).complete(status);
    if (!entry.get().home().equals(self)) {
      report(name);
    }
  }

  /** Tells the home how things are, until it has heard it. */
  private void report(String name) {
    for (int i = 0; i < REPORT_TRIES; i++) {
      Optional<ProcessEntry> entry = registry.find(name);
      if (entry.isEmpty()) {
        return;
      }
      try {
        var _ =
            peers
                .apply(entry.get().home())
                .calls()
                .report(
                    ReportRequest.newBuilder()
                        .setProcess(entry.get().status(0).toBuilder().setLost(lost.contains(name)))
                        .build());
        if (entry.get().waitStatus() != null) {
          registry.remove(name);
        }
        return;
      } catch (GodwitException | StatusRuntimeException silent) {
        LOG.log(Level.DEBUG, "the home of {0} is silent: {1}", name, silent.getMessage());
      }
      try {
        Thread.sleep(REPORT_PAUSE_MILLIS);
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  Optional<ProcessEntry> find(String name) {
    return registry.find(name);
  }

  /** What is thrown where a process is not here. */
  GodwitException unknown(String name, String what) {
    return new GodwitException(
        NodeError.UNKNOWN_PROCESS,
        what,
        "node " + self + " has no process named '" + name + "'",
        "see 'godwit ps'");
  }

  List<ProcessEntry> all() {
    return registry.all();
  }

  PodTags tags() {
    return tags;
  }

  /** A process that may not run may not be sent on either. */
  void requireMayLeave(String pod) {
    jobs.requireMayLeave(pod);
  }

  ProcessSignals signals() {
    return signals;
  }

  Consoles consoles() {
    return consoles;
  }

  CompletableFuture<Integer> end(String name) {
    return registry.end(name);
  }

  /** The host's number of the main process, 0 when it is not here. */
  int hostPid(String name) {
    return pods.find(name).flatMap(Pod::mainProcess).map(pid -> pid.number()).orElse(0);
  }

  @Override
  public List<ProcessStatus> statuses() {
    return registry.all().stream().map(e -> e.status(hostPid(e.name()))).toList();
  }

  @Override
  public int foreign() {
    return (int)
        registry.all().stream()
            .filter(e -> e.waitStatus() == null)
            .filter(e -> e.node().equals(self) && !e.home().equals(self))
            .count();
  }

  @Override
  public void departed(String pod, NodeId to, Epoch epoch, NodeId home) {
    boolean isHome = home.equals(self);
    int known = registry.find(pod).map(e -> e.epoch().compareTo(epoch)).orElse(-1);
    if (known > 0 || (known == 0 && !isHome)) {
      return; // it is back already, or expected again: what is known of its next visit stays
    }
    consoles.forgetRelay(pod);
    if (isHome) {
      registry.change(pod, e -> later(e, to, epoch));
    } else {
      registry.remove(pod);
    }
  }

  @Override
  public void resumed(String pod, Epoch epoch) {
    registry.changeUnwritten(pod, e -> later(e, self, epoch));
  }

  @Override
  public void arrived(String pod, NodeId from, Epoch epoch, NodeId home) {
    Optional<ProcessEntry> entry = registry.change(pod, e -> later(e, self, epoch));
    entry.filter(this::runsHere).ifPresent(this::connectFound);
    // It may have ended meanwhile and be no pod of this node any more: its end counts as well.
    Pod arrived = arriving.remove(pod);
    (arrived == null ? pods.find(pod) : Optional.of(arrived)).ifPresent(this::watch);
    if (!home.equals(self)) {
      Thread.ofVirtual().name("godwit-report-" + pod).start(() -> report(pod));
    }
  }

  /** The relay of a pod that has arrived: its way to the home is opened. */
  void relayed(String pod, ConsoleRelay relay, NodeId home) {
    consoles.arrived(pod, relay, home.equals(self), p -> peers.apply(home));
  }

  /** A pod that has arrived is about to run: from now on it may end. */
  void thawing(Pod pod, ProcessEntry entry) {
    arriving.put(pod.id(), pod);
    jobs.arriving(pod, entry);
  }

  /** From now on there is somebody who looks after jobs. */
  void attach(JobsOfNode who) {
    jobs = who;
  }

  /** A pod is about to arrive: what its description says of it. */
  void expect(ProcessEntry entry) {
    Optional<ProcessEntry> known = registry.find(entry.name());
    if (known.isEmpty()
        || (!known.get().home().equals(self) && known.get().epoch().compareTo(entry.epoch()) < 0)) {
      registry.replace(entry);
    }
  }

  /** Pages of a process that runs here do not come: it stands still from now on. */
  void pagesLost(String pod, long bytes, String why) {
    registry.change(pod, e -> e.remarked(bytes + " bytes of its memory are out of reach: " + why));
  }

  private static ProcessEntry later(ProcessEntry e, NodeId where, Epoch epoch) {
    return epoch.compareTo(e.epoch()) >= 0 ? e.at(where, epoch) : e;
  }

  @Override
  public void kept(String pod) {
    registry.change(pod, e -> e.remarked(""));
  }

  @Override
  public void inDoubt(String pod, NodeId peer, boolean doubt) {
    registry.change(
        pod, e -> e.remarked(doubt ? "node " + peer + " has to say whether it took it" : ""));
  }

  @Override
  public Epoch reported(ProcessStatus status, NodeId by) {
    Epoch epoch = new Epoch(status.getEpoch());
    if (status.getLost()
        && registry.find(status.getPod()).filter(e -> e.epoch().equals(epoch)).isPresent()
        && jobs.gone(status.getPod())) {
      return epoch;
    }
    Optional<ProcessEntry> known =
        registry.change(
            status.getPod(),
            e -> {
              // A report of an earlier epoch comes from a node that no longer owns it.
              if (epoch.compareTo(e.epoch()) < 0 || !e.home().equals(self)) {
                return e;
              }
              ProcessEntry there = e.at(by, epoch);
              return status.getHasEnded() ? there.ended(status.getWaitStatus()) : there;
            });
    if (known.isPresent() && known.get().waitStatus() != null) {
      registry.end(status.getPod()).complete(known.get().waitStatus());
    }
    return known.map(ProcessEntry::epoch).orElse(epoch);
  }

  @Override
  public void signal(String pod, int signal) {
    signals.send(pod, signal);
  }

  @Override
  public CompletableFuture<Integer> ended(String pod) {
    if (registry.find(pod).isEmpty()) {
      throw unknown(pod, "waiting for '" + pod + "'");
    }
    return registry.end(pod);
  }

  @Override
  public StreamObserver<ConsoleFrame> relay(NodeId by, StreamObserver<ConsoleFrame> back) {
    return consoles.opened(
        by,
        back,
        pod ->
            !tags.of(pod).leased()
                || registry.find(pod).filter(e -> e.node().equals(by)).isPresent());
  }
}
