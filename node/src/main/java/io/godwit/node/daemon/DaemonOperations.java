package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.Pid;
import io.godwit.core.control.CheckpointReport;
import io.godwit.core.control.CheckpointSpec;
import io.godwit.core.control.ClusterView;
import io.godwit.core.control.JoinToken;
import io.godwit.core.control.MigrationReport;
import io.godwit.core.control.MoveView;
import io.godwit.core.control.MoveWishes;
import io.godwit.core.control.NodeView;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.ProcessView;
import io.godwit.core.control.Progress;
import io.godwit.core.control.RegistryView;
import io.godwit.core.control.RestartSpec;
import io.godwit.core.control.RunSpec;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.node.control.Attachment;
import io.godwit.node.control.Caller;
import io.godwit.node.control.ConsoleSink;
import io.godwit.node.control.JobOperations;
import io.godwit.node.control.NodeOperations;
import io.godwit.node.control.SchedulingOperations;
import io.godwit.node.home.ConsoleHome;
import io.godwit.node.migration.MigrationResult;
import io.godwit.node.migration.TransferStrategy;
import io.godwit.node.peers.ClusterLink;
import io.godwit.wire.WireFailure;
import io.godwit.wire.proto.AwaitRequest;
import io.godwit.wire.proto.MoveProgress;
import io.godwit.wire.proto.MoveRequest;
import io.godwit.wire.proto.MoveResult;
import io.godwit.wire.proto.NodeDescription;
import io.godwit.wire.proto.ProcessStatus;
import io.godwit.wire.proto.SignalRequest;
import io.godwit.wire.proto.StatusReply;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the daemon does for its users. */
final class DaemonOperations implements NodeOperations {
  private static final long SEARCH_PAUSE_NANOS = 20_000_000;

  private static final long TRANSFER_TELL_NANOS = 1_000_000_000;
  private static final int SIGKILL = 9;

  private final Daemon daemon;
  private final LocalProcesses processes;
  private final PodImages images;
  private final Adoption adoption;

  DaemonOperations(Daemon daemon, LocalProcesses processes, PodImages images, Adoption adoption) {
    this.daemon = daemon;
    this.processes = processes;
    this.images = images;
    this.adoption = adoption;
  }

  @Override
  public NodeView self() {
    return view(daemon.description(), "", true, counts());
  }

  @Override
  public List<NodeView> nodes() {
    List<NodeView> views = new ArrayList<>();
    Map<String, Integer> counts = counts();
    views.add(view(daemon.description(), "", true, counts));
    ClusterLink link = daemon.link();
    if (link != null) {
      link.members()
          .forEach(
              (node, address) -> {
                if (!node.equals(daemon.self())) {
                  views.add(
                      link.heard(node)
                          .map(status -> view(status.getNode(), "", false, counts))
                          .orElseGet(() -> unreachable(link, node, address, counts)));
                }
              });
    }
    return views;
  }

  private NodeView view(
      NodeDescription node, String detail, boolean self, Map<String, Integer> counts) {
    ClusterLink link = daemon.link();
    LoadFigures figures = LoadFigures.of(daemon, node, self);
    return new NodeView(
        node.getNode(),
        node.getAddress(),
        link == null ? "" : link.identity().cluster(),
        node.getAccepts() ? NodeView.State.READY : NodeView.State.UNWILLING,
        node.getAccepts() ? detail : node.getRefusesBecause(),
        self,
        node.getSoftware(),
        node.getKernelRelease(),
        node.getArchitecture(),
        node.getCpus(),
        figures.runQueue(),
        node.getMemoryTotalBytes(),
        node.getMemoryAvailableBytes(),
        counts.getOrDefault(node.getNode(), 0),
        figures.cpuUse(),
        node.getForeignProcesses(),
        figures.ageMillis(),
        figures.pressure(),
        figures.ownerIdleMillis());
  }

  /** How many processes each node has. */
  private Map<String, Integer> counts() {
    Map<String, Integer> counts = new HashMap<>();
    for (ProcessView process : processes(false)) {
      if (process.state() != ProcessView.State.EXITED) {
        counts.merge(process.node(), 1, Integer::sum);
      }
    }
    return counts;
  }

  private NodeView unreachable(
      ClusterLink link, NodeId node, String address, Map<String, Integer> counts) {
    return new NodeView(
        node.name(),
        address,
        link.identity().cluster(),
        NodeView.State.UNREACHABLE,
        link.silence(node),
        false,
        "",
        "",
        "",
        0,
        0,
        0,
        0,
        counts.getOrDefault(node.name(), 0),
        0,
        0,
        -1,
        null,
        -1);
  }

  @Override
  public List<ProcessView> processes(boolean withDependencies) {
    // Of several words about a process the one of the highest epoch counts, and the owner's own.
    Map<String, ProcessStatus> newest = new TreeMap<>();
    ClusterLink link = daemon.link();
    if (link != null) {
      for (NodeId node : link.members().keySet()) {
        Optional<StatusReply> heard = link.heard(node);
        heard.ifPresent(h -> h.getProcessesList().forEach(p -> take(newest, p, node.name())));
      }
    }
    String self = daemon.self().name();
    processes.statuses().forEach(p -> take(newest, p, self));
    Map<String, ProcessStatus> unheard = unheard(newest);
    List<ProcessView> views = new ArrayList<>();
    newest.forEach(
        (name, p) -> {
          if (!unheard.containsKey(name)) {
            views.add(view(p, withDependencies));
          }
        });
    unheard.values().forEach(p -> views.add(view(p, ProcessView.State.UNHEARD, List.of())));
    views.sort(Comparator.comparing(ProcessView::name));
    return views;
  }

  /** What the registry knows of silent nodes and nobody else does, or not as late as it. */
  private Map<String, ProcessStatus> unheard(Map<String, ProcessStatus> newest) {
    DaemonRegistry registry = daemon.registry();
    Map<String, ProcessStatus> found = new TreeMap<>();
    if (registry != null) {
      for (ProcessStatus told : registry.unheard()) {
        ProcessStatus known = newest.get(told.getName());
        if (known == null || known.getEpoch() < told.getEpoch()) {
          found.put(told.getName(), told);
        }
      }
    }
    return found;
  }

  @Override
  public Optional<RegistryView> registry() {
    return Optional.ofNullable(daemon.registry()).map(DaemonRegistry::view);
  }

  @Override
  public List<MoveView> moves() {
    ClusterLink link = daemon.link();
    return link == null ? List.of() : KnownMoves.of(link);
  }

  private static void take(Map<String, ProcessStatus> newest, ProcessStatus told, String by) {
    newest.merge(
        told.getName(),
        told,
        (old, fresh) ->
            fresh.getEpoch() > old.getEpoch()
                    || (fresh.getEpoch() == old.getEpoch()
                        && (fresh.getHasEnded()
                            || (fresh.getNode().equals(by) && !old.getHasEnded())))
                ? fresh
                : old);
  }

  private ProcessView view(ProcessStatus p, boolean withDependencies) {
    boolean moving = daemon.moving(p.getName());
    ProcessView.State state =
        p.getHasEnded()
            ? ProcessView.State.EXITED
            : !p.getRemark().isEmpty()
                ? ProcessView.State.IN_DOUBT
                : moving ? ProcessView.State.MIGRATING : ProcessView.State.RUNNING;
    return view(p, state, withDependencies ? dependencies(p) : List.of());
  }

  private ProcessView view(
      ProcessStatus p, ProcessView.State state, List<ProcessView.Dependency> needed) {
    return new ProcessView(
        p.getName(),
        p.getPid(),
        processes.find(p.getName()).map(ProcessEntry::podPid).orElse(0),
        state,
        p.getNode(),
        p.getHome(),
        p.getUid(),
        processes.find(p.getName()).map(ProcessEntry::user).orElse(Integer.toString(p.getUid())),
        p.getCommand(),
        p.getStartedMillis(),
        p.getCpuMillis(),
        p.getMemoryBytes(),
        p.getEpoch(),
        p.getHasEnded() ? ProcessExit.ofWaitStatus(p.getWaitStatus()) : null,
        needed);
  }

  private List<ProcessView.Dependency> dependencies(ProcessStatus p) {
    List<ProcessView.Dependency> found = new ArrayList<>();
    if (p.getHasEnded()) {
      return found;
    }
    if (!p.getHome().equals(p.getNode())) {
      found.add(
          new ProcessView.Dependency(
              p.getHome(), "console", "its standard streams, signals and exit status"));
    }
    if (p.getNode().equals(daemon.self().name())) {
      daemon
          .pagesBehind(p.getName())
          .ifPresent(
              behind ->
                  found.add(
                      new ProcessView.Dependency(
                          behind.way().shared() ? "page store" : behind.way().node().name(),
                          "memory",
                          needed(p.getName(), behind))));
    }
    return found;
  }

  private static String needed(String pod, FollowingPages.Behind behind) {
    return behind.lost() == null
        ? behind.bytes() + " bytes that are still to come from " + behind.where()
        : behind.bytes()
            + " bytes in "
            + behind.where()
            + " that are out of reach, so that it stands still: "
            + behind.lost()
            + " ["
            + NodeError.PAGES_LOST.code()
            + "]; bring it back, or end the process with 'godwit signal "
            + pod
            + " KILL'";
  }

  @Override
  public ProcessView find(String what) {
    for (ProcessView process : processes(false)) {
      boolean here = process.node().equals(daemon.self().name());
      if (process.name().equals(what)
          || (here && process.hostPid() > 0 && what.equals(Integer.toString(process.hostPid())))) {
        return process;
      }
    }
    throw new GodwitException(
        NodeError.UNKNOWN_PROCESS,
        "looking for '" + what + "'",
        "no process under Godwit's care has that name or number",
        "list them with 'godwit ps --all'");
  }

  @Override
  public ProcessView run(Caller caller, RunSpec spec) {
    String node = spec.node();
    if (node == null || node.equals(daemon.self().name())) {
      return find(processes.run(caller, spec).name());
    }
    return runOn(new NodeId(node), caller, spec);
  }

  /** Starts a program at its home, this node, and moves it at once; it runs there or not at all. */
  private ProcessView runOn(NodeId node, Caller caller, RunSpec spec) {
    String what = "starting a program on node " + node;
    ClusterLink link = daemon.requireLink(what);
    if (!link.members().containsKey(node)) {
      throw new GodwitException(
          NodeError.UNKNOWN_NODE,
          what,
          "the cluster has no node of that name",
          "list the nodes with: godwit nodes");
    }
    String name = processes.run(caller, spec).name();
    boolean there = false;
    try {
      link.move(name, node, "", (phase, bytes, expected, elapsed) -> {});
      there = true;
      return find(name);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new GodwitException(
          NodeError.STOPPING, what, "the daemon stops", "try again", stopping);
    } finally {
      if (!there) {
        processes.signals().sendQuietly(name, SIGKILL);
      }
    }
  }

  @Override
  public ProcessView adopt(Caller caller, Pid hostPid, @Nullable String name) {
    return find(adoption.adopt(hostPid, name).name());
  }

  @Override
  public MigrationReport migrate(
      ProcessView process,
      NodeId to,
      String strategy,
      MoveWishes wishes,
      Consumer<Progress> progress)
      throws InterruptedException {
    ClusterLink link = daemon.requireLink("migrating '" + process.name() + "'");
    var _ = TransferStrategy.named(strategy); // refused here, if there is none
    if (process.node().equals(daemon.self().name())) {
      MigrationResult result =
          link.move(
              process.name(),
              to,
              strategy,
              wishes,
              (phase, bytes, expected, elapsed) ->
                  progress.accept(progress(phase.title(), bytes, expected, elapsed)));
      return report(process, to, ClusterLink.message(result));
    }
    try {
      Iterator<MoveProgress> told =
          link.connect(new NodeId(process.node()))
              .longCalls()
              .move(
                  MoveRequest.newBuilder()
                      .setPod(process.name())
                      .setDestination(to.name())
                      .setStrategy(strategy)
                      .setNoResidual(wishes.noResidual())
                      .setBandwidth(wishes.bandwidth())
                      .setMaxFreezeNanos(wishes.maxFreezeMicros() * 1000)
                      .build());
      while (told.hasNext()) {
        MoveProgress next = told.next();
        if (next.hasResult()) {
          return report(process, to, next.getResult());
        }
        progress.accept(
            progress(
                next.getPhase(), next.getBytes(), next.getBytesExpected(), next.getElapsedNanos()));
      }
    } catch (StatusRuntimeException failed) {
      throw WireFailure.fromStatus(failed, process.node());
    }
    throw new GodwitException(
        NodeError.INTERNAL,
        "migrating '" + process.name() + "'",
        "node " + process.node() + " did not tell the outcome",
        "see 'godwit ps'");
  }

  private static Progress progress(String phase, long bytes, long expected, long elapsedNanos) {
    long rate =
        elapsedNanos <= 0 ? 0 : (long) ((double) bytes * TRANSFER_TELL_NANOS / elapsedNanos);
    return new Progress(phase, bytes, Math.max(expected, bytes), rate, elapsedNanos / 1000);
  }

  private static MigrationReport report(ProcessView process, NodeId to, MoveResult result) {
    return new MigrationReport(
        process.name(),
        process.node(),
        to.name(),
        result.getStrategy(),
        result.getFreezeNanos() / 1000,
        result.getTotalNanos() / 1000,
        result.getBytes(),
        result.getFreezeBytes(),
        result.getResidualNanos() / 1000,
        result.getEpoch(),
        result.getZeroBytes(),
        result.getHeldBytes(),
        result.getRemark());
  }

  @Override
  public void signal(ProcessView process, int signal) {
    long end = System.nanoTime() + NodeLimits.SEARCH.toNanos();
    ProcessView at = process;
    while (true) {
      try {
        signalThere(at, signal);
        return;
      } catch (GodwitException failed) {
        // It may have moved since this node heard of it.
        boolean moved = failed.code().code().equals(NodeError.UNKNOWN_PROCESS.code());
        if (!moved || System.nanoTime() > end) {
          throw failed;
        }
        LockSupport.parkNanos(SEARCH_PAUSE_NANOS);
        at = find(process.name());
      }
    }
  }

  private void signalThere(ProcessView process, int signal) {
    if (process.node().equals(daemon.self().name())) {
      processes.signal(process.name(), signal);
      return;
    }
    try {
      var _ =
          daemon
              .requireLink("signalling '" + process.name() + "'")
              .connect(new NodeId(process.node()))
              .longCalls()
              .signal(SignalRequest.newBuilder().setPod(process.name()).setSignal(signal).build());
    } catch (StatusRuntimeException failed) {
      throw WireFailure.fromStatus(failed, process.node());
    }
  }

  @Override
  public ProcessExit await(ProcessView process) throws InterruptedException {
    if (process.home().equals(daemon.self().name())) {
      try {
        return ProcessExit.ofWaitStatus(processes.end(process.name()).get());
      } catch (ExecutionException impossible) { // nobody completes it so
        throw new AssertionError(impossible);
      }
    }
    try {
      return ProcessExit.ofWaitStatus(
          daemon
              .requireLink("waiting for '" + process.name() + "'")
              .connect(new NodeId(process.home()))
              .longCalls()
              .await(AwaitRequest.newBuilder().setPod(process.name()).build())
              .getWaitStatus());
    } catch (StatusRuntimeException failed) {
      throw WireFailure.fromStatus(failed, process.home());
    }
  }

  @Override
  public Attachment attach(ProcessView process, boolean replay, ConsoleSink sink) {
    ConsoleHome home = consoleHome(process);
    return AttachedConsole.open(
        home,
        sink,
        true,
        daemon.hasTerminal(process.name()),
        replay ? 0 : Long.MAX_VALUE,
        true,
        processes.end(process.name()));
  }

  @Override
  public Attachment logs(ProcessView process, boolean follow, long tailBytes, ConsoleSink sink) {
    ConsoleHome home = consoleHome(process);
    long end = home.logEnd();
    Attachment attachment =
        AttachedConsole.open(
            home,
            sink,
            false,
            daemon.hasTerminal(process.name()),
            Math.max(0, end - tailBytes),
            follow || process.state() == ProcessView.State.EXITED,
            processes.end(process.name()));
    if (!follow && process.state() != ProcessView.State.EXITED) {
      sink.end();
    }
    return attachment;
  }

  private ConsoleHome consoleHome(ProcessView process) {
    if (!process.home().equals(daemon.self().name())) {
      throw new GodwitException(
          NodeError.NOT_WILLING,
          "reaching the console of '" + process.name() + "'",
          "its home, node " + process.home() + ", has it",
          "run the command there");
    }
    return processes.consoles().home(process.name());
  }

  @Override
  public CheckpointReport checkpoint(
      ProcessView process, CheckpointSpec spec, Consumer<Progress> progress) {
    if (!process.node().equals(daemon.self().name())) {
      throw new GodwitException(
          NodeError.NOT_WILLING,
          "writing an image of '" + process.name() + "'",
          "it is on node " + process.node() + ", and an image is written where the process is",
          "run the same command there");
    }
    return images.checkpoint(process.name(), spec, progress);
  }

  @Override
  public ProcessView restart(RestartSpec spec) {
    return find(images.restart(spec).name());
  }

  @Override
  public String metrics() {
    return new NodeMetrics(daemon).text();
  }

  @Override
  public ClusterView createCluster(String name) {
    return daemon.createCluster(name);
  }

  @Override
  public JobOperations jobs() {
    return daemon.jobs();
  }

  @Override
  public SchedulingOperations scheduling() {
    return DaemonScheduling.of(daemon);
  }

  @Override
  public JoinToken createToken(Duration validity) {
    return daemon.createToken(validity);
  }

  @Override
  public ClusterView join(String address, String token) {
    return daemon.join(address, token);
  }
}
