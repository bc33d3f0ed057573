package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.control.ClusterView;
import io.godwit.core.control.JoinToken;
import io.godwit.core.control.MoveWishes;
import io.godwit.engine.Engine;
import io.godwit.linux.Scheduling;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.TaskStat;
import io.godwit.node.Configuration;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.node.StateDirectory;
import io.godwit.node.cluster.ClusterScheduling;
import io.godwit.node.cluster.Guesthood;
import io.godwit.node.control.ControlServer;
import io.godwit.node.control.JobOperations;
import io.godwit.node.control.NodeOperations;
import io.godwit.node.jobs.JobRoom;
import io.godwit.node.jobs.JobSettings;
import io.godwit.node.metrics.MetricServer;
import io.godwit.node.migration.Migrations;
import io.godwit.node.migration.MoveOrder;
import io.godwit.node.migration.PhaseGate;
import io.godwit.node.peers.ClusterLink;
import io.godwit.node.peers.NodeFacts;
import io.godwit.node.pod.Pod;
import io.godwit.node.pod.PodRoom;
import io.godwit.node.security.Addresses;
import io.godwit.node.security.ClusterAdmission;
import io.godwit.node.security.IdentityFiles;
import io.godwit.node.visits.KeptCopies;
import io.godwit.wire.NodeIdentity;
import io.godwit.wire.proto.NodeDescription;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A node that runs. Pods outlive it: closing it, or killing it, leaves them running, and the next
 * daemon on the same state directory takes them up again.
 */
public final class Daemon implements AutoCloseable {
  /** Niceness of the daemon's session. */
  private static final String PREFERENCE = "-15";

  private static final Logger LOG = System.getLogger(Daemon.class.getName());

  private final Configuration configuration;
  private final StateDirectory state;
  private final InstantSource clock;
  private final PhaseGate gate;
  private final FileChannel lock;
  private final PodRoom pods;
  private final Consoles consoles;
  private final LocalProcesses processes;
  private final KeptCopies kept;
  private final EnginePods mover;
  private final NodeFacts facts;
  private final ControlServer control;
  private final NodeOperations operations;
  private final @Nullable MetricServer metrics;
  private final DaemonLeases leases;
  private final JobRoom jobs;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable ClusterLink link;
  private volatile @Nullable ClusterScheduling scheduling;
  private volatile @Nullable DaemonRegistry registry;

  /**
   * Starts a node.
   *
   * @param controlSocket where commands of this machine reach it
   * @param engine what freezes and rebuilds the processes of pods
   * @param gate stands before each phase of each migration
   */
  public static Daemon start(
      Configuration configuration,
      Path controlSocket,
      Engine engine,
      PhaseGate gate,
      InstantSource clock) {
    StateDirectory state = StateDirectory.open(configuration.state());
    FileChannel lock = state.lock();
    try {
      return new Daemon(configuration, state, lock, controlSocket, engine, gate, clock);
    } catch (IOException failed) {
      close(lock);
      throw new GodwitException(
          NodeError.STATE_DIRECTORY,
          "listening for commands at " + controlSocket,
          String.valueOf(failed.getMessage()),
          "name another place with --run-dir",
          failed);
    } catch (RuntimeException failed) {
      close(lock);
      throw failed;
    }
  }

  private Daemon(
      Configuration configuration,
      StateDirectory state,
      FileChannel lock,
      Path controlSocket,
      Engine engine,
      PhaseGate gate,
      InstantSource clock)
      throws IOException {
    this.configuration = configuration;
    this.state = state;
    this.lock = lock;
    this.gate = gate;
    this.clock = clock;
    this.facts = new NodeFacts(configuration);
    this.pods = new PodRoom(state.root());
    this.consoles = new Consoles(pods::directoryOf);
    this.processes =
        new LocalProcesses(
            configuration.name(),
            pods,
            new ProcessRegistry(state.processes()),
            consoles,
            new PodTags(state.tags()));
    this.kept =
        KeptCopies.ofMachine(configuration.visits().keepBytes(), configuration.visits().time());
    this.mover = new EnginePods(self(), engine, pods, processes, facts, kept);
    PodImages images = new PodImages(self(), engine, pods, processes);
    JobSettings told = configuration.jobs();
    DaemonJobs host =
        new DaemonJobs(
            this, processes, pods, images, cores(), facts.architecture(), told.checkpoints());
    this.leases = new DaemonLeases(this, processes, pods, host, told.lease());
    this.jobs = new JobRoom(host, told, leases.book(), state.jobs());
    leases.serve(jobs);
    processes.attach(leases);
    Set<String> undecided = new HashSet<>(Migrations.recorded(state.journal()));
    processes.readopt(undecided, mover::remainingPods);
    IdentityFiles identity = new IdentityFiles(state);
    if (identity.present()) {
      link(identity.load());
    }
    this.operations =
        new DaemonOperations(
            this, processes, images, new Adoption(self(), engine, pods, processes));
    preferThisDaemon();
    leases.holder().start();
    jobs.start();
    this.control = ControlServer.start(controlSocket, operations);
    this.metrics = serveMetrics();
    LOG.log(
        Level.INFO,
        "node {0} serves commands at {1}; {2} pods found",
        self(),
        controlSocket,
        pods.all().size());
    // Commands are answered meanwhile; a move that comes first is as slow as the first one always.
    Thread.ofPlatform().daemon(true).name("godwit-warm-up").start(engine::warmUp);
  }

  private @Nullable MetricServer serveMetrics() {
    String at = configuration.metrics();
    return at.isEmpty()
        ? null
        : MetricServer.start(Addresses.parse(at), new NodeMetrics(this)::text);
  }

  /** Where it tells its figures over HTTP; null where it does not. */
  public @Nullable InetSocketAddress metricsAddress() {
    return metrics == null ? null : metrics.address();
  }

  /**
   * A program stands still while the daemon works for it: the daemon goes before the programs.
   * Where the scheduler groups by session (sched(7), autogroup), a thread's own niceness counts for
   * little; where it does not, that of the threads counts ({@link Scheduling#standOut}). Only a
   * daemon with a session of its own asks for either: in somebody's shell the precedence would go
   * to all that this shell runs, and in somebody's virtual machine to all that this one does.
   */
  private static void preferThisDaemon() {
    TaskStat self = ProcFs.host().self().stat();
    if (self.session() != self.pid()) {
      return;
    }
    Scheduling.standOut();
    try {
      Files.writeString(Path.of("/proc/self/autogroup"), PREFERENCE);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the daemon has no precedence: {0}", e.getMessage());
    }
  }

  private ClusterLink link(NodeIdentity identity) {
    if (!identity.node().equals(configuration.name())) {
      throw new GodwitException(
          NodeError.CONFIGURATION,
          "starting node " + configuration.name(),
          "its certificate is that of node " + identity.node(),
          "set node.name to " + identity.node() + ", or use another state directory");
    }
    ClusterLink made =
        new ClusterLink(
            new ClusterLink.Parts(
                configuration,
                facts,
                state,
                identity,
                processes,
                mover,
                gate,
                clock,
                NodeLimits.HEARTBEAT),
            this::order);
    link = made;
    processes.reach(made::connect);
    schedule(made);
    return made;
  }

  private void schedule(ClusterLink made) {
    Configuration.Scheduling told = configuration.scheduling();
    ClusterScheduling begun =
        new ClusterScheduling(
            self(),
            state.root(),
            told.profile(),
            cores(),
            facts.architecture(),
            new Guesthood(
                configuration.accept(),
                told.niceness(),
                told.watchesOwner(),
                told.ownerIdle(),
                told.ownerLoad()),
            new DaemonPods(self(), processes, pods),
            new DaemonNeighbours(made));
    scheduling = begun;
    made.attach(begun);
    made.attach(leases);
    begun.start();
    if (configuration.registry().enabled()) {
      registry =
          DaemonRegistry.start(
              made,
              begun,
              configuration.registry(),
              state.registry(),
              processes,
              jobs::checkpoints);
    }
  }

  /** Its way to the replicated registry; null where there is none. */
  @Nullable DaemonRegistry registry() {
    return registry;
  }

  private int cores() {
    int told = configuration.scheduling().cores();
    return told > 0 ? told : Runtime.getRuntime().availableProcessors();
  }

  private MoveOrder order(String pod) {
    ProcessEntry entry =
        processes
            .find(pod)
            .filter(e -> e.waitStatus() == null && e.node().equals(self()))
            .orElseThrow(
                () ->
                    new GodwitException(
                        NodeError.UNKNOWN_PROCESS,
                        "migrating '" + pod + "'",
                        "node " + self() + " runs no process of that name",
                        "see 'godwit ps'"));
    ClusterLink linked = link;
    String homeAddress = linked == null ? "" : linked.members().getOrDefault(entry.home(), "");
    return new MoveOrder(
        pod,
        entry.epoch(),
        entry.home(),
        homeAddress,
        self(),
        "",
        configuration.encryptPages(),
        entry.uid(),
        MoveWishes.NONE);
  }

  /** This node's name. */
  public NodeId self() {
    return configuration.name();
  }

  /** What users may ask of it; what the control socket serves. */
  public NodeOperations operations() {
    return operations;
  }

  /** Its part in its cluster; null while it belongs to none. */
  public @Nullable ClusterLink link() {
    return link;
  }

  /**
   * Its part in its cluster.
   *
   * @throws GodwitException with NOT_INITIALIZED while it belongs to none
   */
  ClusterLink requireLink(String what) {
    ClusterLink known = link;
    if (known == null) {
      throw outside(what);
    }
    return known;
  }

  /** Whether a migration of the pod is under way from here. */
  boolean moving(String pod) {
    ClusterLink known = link;
    return known != null && known.migrations().moving(pod);
  }

  /** What is thrown where a cluster is needed. */
  static GodwitException outside(String what) {
    return new GodwitException(
        NodeError.NOT_INITIALIZED,
        what,
        "this node belongs to no cluster",
        "run 'godwit init' or 'godwit join ADDRESS TOKEN'");
  }

  /** Its load layer and scheduler; null while it belongs to no cluster. */
  public @Nullable ClusterScheduling scheduling() {
    return scheduling;
  }

  /** The jobs that were submitted to it. */
  JobOperations jobs() {
    return jobs;
  }

  NodeDescription description() {
    ClusterLink linked = link;
    return linked == null
        ? facts.describe(0).toBuilder().setAddress("").build()
        : linked.description();
  }

  /** What a process of this node still needs of the memory of another. */
  Optional<FollowingPages.Behind> pagesBehind(String name) {
    return mover.pagesBehind(name);
  }

  /** What is kept of processes that have left. */
  KeptCopies kept() {
    return kept;
  }

  boolean hasTerminal(String name) {
    return pods.find(name).map(Pod::record).map(r -> r.terminal()).orElse(false);
  }

  synchronized ClusterView createCluster(String name) {
    NodeIdentity identity =
        new ClusterAdmission(state, clock).init(name, self(), configuration.advertise());
    return view(link(identity));
  }

  synchronized JoinToken createToken(Duration validity) {
    ClusterLink linked = link;
    String address = linked == null ? configuration.advertise() : linked.address();
    io.godwit.node.security.JoinToken token =
        new ClusterAdmission(state, clock).token(validity, address);
    return new JoinToken(token.text(), token.address(), token.expires().toEpochMilli());
  }

  synchronized ClusterView join(String address, String token) {
    NodeIdentity identity =
        new ClusterAdmission(state, clock)
            .join(
                Addresses.parse(address),
                io.godwit.node.security.JoinToken.parse(token),
                self(),
                configuration.advertise());
    return view(link(identity));
  }

  private static ClusterView view(ClusterLink link) {
    return new ClusterView(
        link.identity().cluster(),
        link.self().name(),
        link.address(),
        HexFormat.of().formatHex(NodeIdentity.fingerprint(link.identity().authority())));
  }

  /** Waits until it is closed. */
  public void awaitClosed() throws InterruptedException {
    closed.await();
  }

  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    ClusterScheduling scheduled = scheduling;
    if (scheduled != null && configuration.scheduling().evacuateTime().isPositive()) {
      evacuate(scheduled);
    }
    try {
      control.close();
    } catch (IOException gone) {
      LOG.log(Level.DEBUG, "closing the control socket: {0}", gone.getMessage());
    }
    if (metrics != null) {
      metrics.close();
    }
    jobs.close();
    leases.holder().close();
    DaemonRegistry registered = registry;
    if (registered != null) {
      registered.close();
    }
    if (scheduled != null) {
      scheduled.close();
    }
    ClusterLink linked = link;
    if (linked != null) {
      linked.close();
    }
    kept.close();
    consoles.close();
    pods.close();
    close(lock);
    closed.countDown();
  }

  private void evacuate(ClusterScheduling scheduled) {
    try {
      int left = scheduled.evacuate(configuration.scheduling().evacuateTime());
      LOG.log(Level.INFO, "node {0} is evacuated; {1} processes stay", self(), left);
    } catch (GodwitException failed) {
      LOG.log(Level.WARNING, "node {0} is not evacuated: {1}", self(), failed.getMessage());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(FileChannel lock) {
    try {
      lock.close();
    } catch (IOException gone) {
      LOG.log(Level.DEBUG, "releasing the lock: {0}", gone.getMessage());
    }
  }
}
