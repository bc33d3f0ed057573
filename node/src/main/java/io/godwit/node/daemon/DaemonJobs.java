package io.godwit.node.daemon;

import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.control.CheckpointSpec;
import io.godwit.core.control.RestartSpec;
import io.godwit.core.control.RunSpec;
import io.godwit.node.cluster.ClusterScheduling;
import io.godwit.node.cluster.JobPlacement;
import io.godwit.node.cluster.LoadCollector;
import io.godwit.node.control.Caller;
import io.godwit.node.jobs.JobError;
import io.godwit.node.jobs.JobHost;
import io.godwit.node.jobs.LeaseBook;
import io.godwit.node.peers.ClusterLink;
import io.godwit.node.pod.Pod;
import io.godwit.node.pod.PodRoom;
import io.godwit.node.registry.RegistryError;
import io.godwit.policy.load.NodeLoad;
import io.godwit.policy.scheduling.ResourceExpression;
import io.godwit.wire.WireFailure;
import io.godwit.wire.proto.ControlRequest;
import io.godwit.wire.proto.ProcessRecord;
import io.godwit.wire.proto.StoreReply;
import io.godwit.wire.proto.StoreRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The daemon as jobs need it: at home, and on behalf of other homes. */
final class DaemonJobs implements JobHost {
  private static final int IMAGES_IN_FLIGHT_SECONDS = 600;

  private final Daemon daemon;
  private final LocalProcesses processes;
  private final PodRoom pods;
  private final PodImages images;
  private final int cores;
  private final String architecture;
  private final @Nullable Path checkpoints;
  private volatile @Nullable LeaseBook leases;

  /**
   * @param cores of this node that count
   * @param checkpoints a directory that all nodes share; null where there is none
   */
  DaemonJobs(
      Daemon daemon,
      LocalProcesses processes,
      PodRoom pods,
      PodImages images,
      int cores,
      String architecture,
      @Nullable Path checkpoints) {
    this.daemon = daemon;
    this.processes = processes;
    this.pods = pods;
    this.images = images;
    this.cores = cores;
    this.architecture = architecture;
    this.checkpoints = checkpoints;
  }

  void keep(LeaseBook book) {
    leases = book;
  }

  @Override
  public NodeId self() {
    return daemon.self();
  }

  @Override
  public Map<NodeId, Integer> cores() {
    Map<NodeId, Integer> all = new TreeMap<>();
    ClusterLink link = daemon.link();
    if (link != null) {
      for (NodeId node : link.members().keySet()) {
        link.heard(node).ifPresent(told -> all.put(node, Math.max(1, told.getNode().getCpus())));
      }
    }
    all.put(self(), cores);
    return all;
  }

  @Override
  public Place place(
      String pod, String program, String user, ResourceExpression needs, Set<NodeId> full)
      throws InterruptedException {
    ClusterScheduling scheduling = daemon.scheduling();
    if (scheduling != null) {
      JobPlacement found = scheduling.place(pod, program, user, needs, full);
      return new Place(found.node(), found.why());
    }
    return suits(needs)
        ? new Place(Optional.of(self()), "")
        : new Place(
            Optional.empty(), self() + ": does not satisfy " + needs.text() + "; it is alone");
  }

  @Override
  public boolean suits(ResourceExpression needs) {
    ClusterScheduling scheduling = daemon.scheduling();
    return needs.holdsFor(scheduling == null ? ownLoad() : scheduling.load());
  }

  /** Where no scheduler looks at the node. */
  private NodeLoad ownLoad() {
    LoadCollector collector = new LoadCollector(self(), cores, Set.of(architecture));
    collector.look(new DaemonPods(self(), processes, pods).here(), System.nanoTime());
    return collector.load(pod -> true, true, Long.MAX_VALUE);
  }

  @Override
  public void run(int uid, String user, RunSpec program, ResourceExpression needs, boolean leased) {
    String pod = name(program);
    ClusterScheduling scheduling = daemon.scheduling();
    if (scheduling != null) {
      scheduling.starting(pod);
    }
    processes.consoles().reset(pod, 0, 0);
    var _ = processes.run(new Caller(uid, user), program, new PodTags.Tag(needs, leased));
    processes.retakenRuns(pod);
    processes.consoles().home(pod).endInput();
  }

  private static String name(RunSpec program) {
    String name = program.name();
    if (name == null) {
      throw new IllegalArgumentException("a job without a name");
    }
    return name;
  }

  @Override
  public void move(String pod, NodeId to) throws InterruptedException {
    var _ =
        daemon
            .requireLink("moving '" + pod + "'")
            .move(pod, to, "", (phase, bytes, expected, nanos) -> {});
  }

  @Override
  public Standing standing(String pod, long sinceMillis) {
    Optional<ProcessEntry> entry =
        processes.find(pod).filter(e -> e.startedMillis() >= sinceMillis);
    // One without a number was being made when its daemon died: its program has not begun.
    if (entry.isEmpty() || (processes.isLost(pod) && entry.get().podPid() == 0)) {
      return Standing.NONE;
    }
    return entry.get().waitStatus() == null
        ? Standing.RUNS
        : processes.isLost(pod) ? Standing.GONE : Standing.ENDED;
  }

  @Override
  public Optional<NodeId> where(String pod) {
    return processes.find(pod).map(ProcessEntry::node);
  }

  @Override
  public long cpuMillis(String pod) {
    int pid = processes.hostPid(pod);
    return pid == 0 ? -1 : ProcessUsage.of(pid).cpuMillis();
  }

  @Override
  public CompletableFuture<Integer> end(String pod) {
    return processes.end(pod);
  }

  @Override
  public void suspend(String pod, boolean stop) {
    order(pod, stop ? ControlRequest.Action.STOP : ControlRequest.Action.CONTINUE);
  }

  @Override
  public void kill(String pod) {
    order(pod, ControlRequest.Action.KILL);
  }

  private void order(String pod, ControlRequest.Action action) {
    NodeId node = where(pod).orElse(self());
    if (node.equals(self())) {
      carryOut(pod, action);
      return;
    }
    try {
      var _ =
          daemon
              .requireLink("reaching '" + pod + "'")
              .connect(node)
              .calls()
              .control(
                  ControlRequest.newBuilder()
                      .setPod(pod)
                      .setEpoch(epoch(pod))
                      .setAction(action)
                      .build());
    } catch (StatusRuntimeException failed) {
      throw WireFailure.fromStatus(failed, node.name());
    }
  }

  private long epoch(String pod) {
    return processes.find(pod).map(e -> e.epoch().number()).orElse(1L);
  }

  /** Does it with a pod that is here. */
  void carryOut(String pod, ControlRequest.Action action) {
    DaemonPods here = new DaemonPods(self(), processes, pods);
    switch (action) {
      case STOP -> here.suspend(pod, true);
      case CONTINUE -> here.suspend(pod, false);
      case KILL -> pods.find(pod).ifPresent(Pod::kill);
      case UNRECOGNIZED -> throw notHere("acting on '" + pod + "'", "the order is unknown");
    }
  }

  @Override
  public Written checkpoint(String pod, String directory) {
    NodeId node = where(pod).orElse(self());
    if (node.equals(self())) {
      PodImages.Stored stored = store(pod, directory);
      return new Written(stored.outputEnd(), stored.errorEnd());
    }
    try {
      StoreReply reply =
          daemon
              .requireLink("writing a checkpoint of '" + pod + "'")
              .connect(node)
              .longCalls()
              .withDeadlineAfter(IMAGES_IN_FLIGHT_SECONDS, TimeUnit.SECONDS)
              .store(
                  StoreRequest.newBuilder()
                      .setPod(pod)
                      .setEpoch(epoch(pod))
                      .setDirectory(directory)
                      .build());
      return new Written(reply.getOutputEnd(), reply.getErrorEnd());
    } catch (StatusRuntimeException failed) {
      throw WireFailure.fromStatus(failed, node.name());
    }
  }

  /** Writes an image of a pod that is here, below the place for checkpoints. */
  PodImages.Stored store(String pod, String directory) {
    Path place = place(directory);
    if (daemon.moving(pod)) {
      throw notHere("writing a checkpoint of '" + pod + "'", "it is being moved");
    }
    try {
      Files.createDirectories(place.getParent());
    } catch (IOException failed) {
      throw noPlace(place, failed);
    }
    return images.store(pod, new CheckpointSpec(pod, place.toString(), true, false, 1, 0, null));
  }

  /** A name that came from a peer must not lead out of the place for checkpoints. */
  private Path place(String directory) {
    Path root = checkpoints;
    if (root == null) {
      throw new GodwitException(
          JobError.NO_PLACE_FOR_CHECKPOINTS,
          "using a checkpoint",
          "node " + self() + " has no directory for checkpoints",
          "set jobs.checkpoints in its configuration to the directory that all nodes share");
    }
    if (!directory.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}/[0-9]{1,19}/[0-9]{1,19}")) {
      throw notHere("using the checkpoint '" + directory + "'", "that is no name of one");
    }
    return root.resolve(directory);
  }

  private static GodwitException noPlace(Path place, IOException failed) {
    return new GodwitException(
        JobError.NO_PLACE_FOR_CHECKPOINTS,
        "using " + place,
        failed.getClass().getSimpleName() + ": " + failed.getMessage(),
        "check the directory that jobs.checkpoints names: room, permissions, and whether it is"
            + " mounted",
        failed);
  }

  static GodwitException notHere(String what, String why) {
    return new GodwitException(JobError.NOT_HERE, what, why, "see 'godwit jobs' and 'godwit ps'");
  }

  @Override
  public boolean awaitOutput(String pod, Written written, long millis) throws InterruptedException {
    return processes
        .consoles()
        .home(pod)
        .awaitOutput(written.outputEnd(), written.errorEnd(), millis);
  }

  @Override
  public void discard(String directory) {
    Path place = place(directory);
    try {
      remove(place);
      Path above = place.getParent();
      if (above != null && above.toFile().delete()) {
        return; // the job's last one
      }
    } catch (IOException failed) {
      throw noPlace(place, failed);
    }
  }

  private static void remove(Path place) throws IOException {
    if (Files.isDirectory(place, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> inside = Files.newDirectoryStream(place)) {
        for (Path each : inside) {
          remove(each);
        }
      }
    }
    Files.deleteIfExists(place);
  }

  @Override
  public void retake(String pod, Written written) {
    LeaseBook book = leases;
    boolean taken =
        book != null
            && book.retake(
                pod,
                self(),
                owner -> pods.find(pod).isEmpty(),
                next -> agreed(book, pod, next.epoch()),
                System.nanoTime());
    if (!taken) {
      throw notHere("restarting '" + pod + "'", "it is not certain that it runs nowhere");
    }
    processes.consoles().reset(pod, written.outputEnd(), written.errorEnd());
  }

  /**
   * Whether nobody else can have it under that epoch: by the registry's word, where there is one.
   */
  private boolean agreed(LeaseBook book, String pod, Epoch epoch) {
    DaemonRegistry registry = daemon.registry();
    if (registry == null) {
      return true;
    }
    Optional<ProcessEntry> entry = processes.find(pod);
    if (entry.isEmpty()) {
      return false;
    }
    Optional<ProcessRecord> later = registry.claim(entry.get().at(self(), epoch));
    later.ifPresent(
        owner -> {
          book.overtaken(
              pod, new NodeId(owner.getNode()), new Epoch(owner.getEpoch()), System.nanoTime());
          throw new GodwitException(
              RegistryError.OVERTAKEN,
              "restarting '" + pod + "'",
              "by the registry node "
                  + owner.getNode()
                  + " has it under epoch "
                  + owner.getEpoch()
                  + ", of which its home had not heard",
              "nothing has to be done: it is waited for, and taken back when it stays silent");
        });
    return true;
  }

  @Override
  public void restart(String pod, String directory, Written written, ResourceExpression needs) {
    var _ = images.restart(new RestartSpec(place(directory).toString(), pod, 0, null));
    processes.retakenRuns(pod);
    processes.consoles().home(pod).endInput();
  }

  /** The durable word on who owns a process, for leases. */
  final class Owners implements LeaseBook.Owners {
    private final java.util.function.Predicate<String> wanted;

    Owners(java.util.function.Predicate<String> wanted) {
      this.wanted = wanted;
    }

    @Override
    public Optional<Owner> owner(String pod) {
      return processes
          .find(pod)
          .filter(e -> e.home().equals(self()))
          .map(e -> new Owner(e.node(), e.epoch()));
    }

    @Override
    public void owned(String pod, NodeId node, Epoch epoch) {
      if (node.equals(self())) {
        processes.retake(pod, epoch);
      } else {
        processes.granted(pod, node, epoch);
      }
    }

    @Override
    public boolean wanted(String pod) {
      return wanted.test(pod);
    }
  }
}
