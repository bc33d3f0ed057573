package io.godwit.node.daemon;

import io.godwit.core.ErrorCode;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.Pid;
import io.godwit.engine.Engine;
import io.godwit.engine.FrozenPod;
import io.godwit.engine.PhaseListener;
import io.godwit.engine.extract.Extractor;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.engine.kind.Inspection;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.engine.pages.Precopy;
import io.godwit.engine.refusal.RefusalCode;
import io.godwit.image.codec.PodCodec;
import io.godwit.linux.LinuxException;
import io.godwit.linux.launch.TerminalCalls;
import io.godwit.linux.proc.ProcFs;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.node.migration.ProcessMover;
import io.godwit.node.migration.TransferStrategy;
import io.godwit.node.peers.NodeFacts;
import io.godwit.node.pod.ArrivalPod;
import io.godwit.node.pod.Pod;
import io.godwit.node.pod.PodRoom;
import io.godwit.node.pod.PodSpec;
import io.godwit.node.pod.TimeOffsets;
import io.godwit.node.visits.KeptCopies;
import io.godwit.node.visits.KeptCopy;
import io.godwit.node.visits.Visit;
import io.godwit.policy.transfer.StopRule;
import io.godwit.wire.proto.Requirements;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Moves the pods of this node by the engine. The description that goes over is the length of the
 * encoded image (4 bytes), the image, and the state of the console.
 */
final class EnginePods implements ProcessMover {
  private static final Logger LOG = System.getLogger(EnginePods.class.getName());

  /** What may be over in a moment. */
  private static final Set<ErrorCode> PASSING =
      Set.of(RefusalCode.UNINTERRUPTIBLE, RefusalCode.SHARED_TABLES);

  private static final long CALM_PAUSE_NANOS = 2_000_000;

  private final NodeId self;
  private final Engine engine;
  private final PodRoom pods;
  private final LocalProcesses processes;
  private final RequirementsReader requirements;
  private final FollowingPages following;
  private final KeptCopies kept;

  EnginePods(
      NodeId self,
      Engine engine,
      PodRoom pods,
      LocalProcesses processes,
      NodeFacts facts,
      KeptCopies kept) {
    this.kept = kept;
    this.self = self;
    this.engine = engine;
    this.pods = pods;
    this.processes = processes;
    this.requirements = new RequirementsReader(facts);
    this.following = new FollowingPages(processes, pods::directoryOf);
  }

  private Pod pod(String name) {
    return pods.find(name).orElseThrow(() -> processes.unknown(name, "migrating '" + name + "'"));
  }

  private ProcessEntry entry(String name) {
    return processes
        .find(name)
        .orElseThrow(() -> processes.unknown(name, "migrating '" + name + "'"));
  }

  private static List<Pid> roots(Pod pod) {
    List<Pid> roots = ProcFs.host().process(pod.init()).children();
    if (roots.isEmpty()) {
      throw new GodwitException(
          NodeError.PROCESS_ENDED,
          "migrating '" + pod.id() + "'",
          "it has ended",
          "see 'godwit ps'");
    }
    return roots;
  }

  /** What a pod of this node still needs of the node where it was. */
  Optional<FollowingPages.Behind> pagesBehind(String name) {
    return following.behind(name);
  }

  @Override
  public Requirements inspect(String name) {
    Pod pod = pod(name);
    processes.requireMayLeave(name);
    following.awaitAll(name);
    List<Pid> roots = roots(pod);
    awaitCalm(roots, ArrivalPod.externals(pod)).throwIfRefused();
    return requirements.read(Engine.descendants(roots), entry(name));
  }

  /** A vfork(2) in progress and a short wait for a disk end by themselves. */
  private Inspection awaitCalm(List<Pid> roots, Set<ExternalDescriptor> externals) {
    long end = System.nanoTime() + NodeLimits.CALM.toNanos();
    while (true) {
      Inspection look = engine.inspect(roots, externals);
      boolean passing =
          look.obstacles().stream().allMatch(obstacle -> PASSING.contains(obstacle.code()));
      if (look.obstacles().isEmpty() || !passing || System.nanoTime() > end) {
        return look;
      }
      LockSupport.parkNanos(CALM_PAUSE_NANOS);
    }
  }

  @Override
  public byte[] podDescription(String name) {
    Pod pod = pod(name);
    return new PodDescription(
            entry(name),
            pod.record().hostname(),
            pod.record().network(),
            pod.record().terminal(),
            pod.record().clocks().now(),
            processes.tags().of(name))
        .toBytes();
  }

  @Override
  public @Nullable Preliminary begin(String name) {
    Pod pod = pod(name);
    ProcessEntry entry = entry(name);
    try {
      return new BegunPod(
          engine.precopy(
              roots(pod),
              ArrivalPod.externals(pod),
              PodSurroundings.of(pod, entry, self),
              PhaseListener.NONE));
    } catch (GodwitException | LinuxException notHere) {
      LOG.log(Level.INFO, "all of {0} goes in the freeze: {1}", name, notHere.getMessage());
      return null;
    }
  }

  /** A pod whose memory is sent while it runs. */
  private record BegunPod(Precopy precopy) implements Preliminary {
    @Override
    public byte[] describe() {
      return PodCodec.encode(precopy.image());
    }

    @Override
    public void send(TransferStrategy.Pass pass, StopRule rule, PageSink sink) {
      EngineSink to = new EngineSink(sink);
      switch (pass) {
        case NONE -> {}
        case ONE -> {
          long found = precopy.scan();
          long sent = precopy.send(to);
          LOG.log(Level.DEBUG, "{0} of {1} bytes sent while it runs", sent, found);
        }
        case ROUNDS -> LOG.log(Level.DEBUG, "rounds end: {0}", precopy.rounds(to, rule));
      }
    }

    @Override
    public void close() {
      precopy.close();
    }
  }

  @Override
  public Departure freeze(String name, TransferStrategy strategy, @Nullable Preliminary begun) {
    Precopy precopy = begun instanceof BegunPod(Precopy earlier) ? earlier : null;
    try {
      Pod pod = pod(name);
      ProcessEntry entry = entry(name);
      List<Pid> roots = roots(pod);
      Set<ExternalDescriptor> externals = ArrivalPod.externals(pod);
      Extractor.Surroundings around = PodSurroundings.of(pod, entry, self);
      FrozenPod frozen = frozenWithoutSignals(pod, roots, externals, around);
      return new LeavingPod(
          pod,
          frozen,
          processes.consoles().relay(name),
          strategy,
          precopy,
          new LeftMemory(pods.directoryOf(name)),
          new VisitKeeper(kept, new Visit(name, entry.home(), entry.epoch())));
    } catch (RuntimeException failed) {
      if (precopy != null) {
        precopy.close();
      }
      throw failed;
    }
  }

  /** Signals are held from the freeze on, until {@link LeavingPod} knows where the pod runs. */
  private FrozenPod frozenWithoutSignals(
      Pod pod, List<Pid> roots, Set<ExternalDescriptor> externals, Extractor.Surroundings around) {
    pod.holdSignals();
    try {
      return engine.freeze(roots, externals, around, PhaseListener.NONE);
    } catch (RuntimeException failed) {
      pod.releaseSignals();
      throw failed;
    }
  }

  @Override
  public Arrival create(String name, byte[] bytes, long readNanos) {
    PodDescription description = PodDescription.of(bytes);
    if (!description.process().name().equals(name)) {
      throw new GodwitException(
          NodeError.STATE_INCOMPLETE,
          "taking '" + name + "'",
          "the description is that of '" + description.process().name() + "'",
          "run the same version of Godwit on both nodes");
    }
    awaitEndOfEarlier(name);
    long since = System.nanoTime() - readNanos;
    TimeOffsets offsets =
        TimeOffsets.continuing(
            new TimeOffsets.Clocks(
                description.clocks().monotonicNanos() + since,
                description.clocks().bootNanos() + since));
    PodSpec.Console console =
        description.terminal()
            ? new PodSpec.Console.Terminal(TerminalCalls.WindowSize.USUAL)
            : new PodSpec.Console.Pipes();
    ArrivalPod.Frame frame =
        new ArrivalPod.Frame(name, description.hostname(), description.network(), console, offsets);
    ArrivalPod pod = ArrivalPod.create(pods, frame, new Pid(description.process().podPid()));
    try {
      // Durable before the word that all is there: a daemon that is restarted has it from here.
      processes.expect(description.process());
      processes.tags().put(name, description.tag());
      return new ArrivingPod(engine, pod, description.process(), processes, following, kept);
    } catch (RuntimeException failed) {
      pod.close();
      throw failed;
    }
  }

  private boolean runsHere(String name) {
    return processes
        .find(name)
        .filter(entry -> entry.waitStatus() == null && entry.node().equals(self))
        .isPresent();
  }

  /** A program that comes back soon may find what it left here still going away. */
  private void awaitEndOfEarlier(String name) {
    Optional<Pod> earlier = pods.find(name).filter(pod -> pod.isRelinquished() || !runsHere(name));
    if (earlier.isEmpty()) {
      return;
    }
    try {
      earlier.get().ended().get(NodeLimits.EARLIER_END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw LeavingPod.interrupted(name);
    } catch (ExecutionException | TimeoutException stays) {
      // Creating the pod says what is in the way.
      return;
    }
  }

  @Override
  public @Nullable KeptCopy kept(Visit next) {
    return kept.of(next);
  }

  @Override
  public void makeRoom(String pod, long bytes) {
    kept.makeRoom(pod, bytes);
  }

  @Override
  public @Nullable Left left(String name) {
    return pods.find(name).map(this::leftPod).orElse(null);
  }

  private LeftPod leftPod(Pod pod) {
    return new LeftPod(pod, processes, following, new LeftMemory(pods.directoryOf(pod.id())));
  }

  /** The pods whose pages an earlier daemon left for others. */
  Set<String> remainingPods() {
    return remaining().stream().map(Remaining::pod).collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public List<Remaining> remaining() {
    List<Remaining> found = new ArrayList<>();
    for (Pod pod : pods.all()) {
      new LeftMemory(pods.directoryOf(pod.id()))
          .read()
          .ifPresent(memory -> found.add(new RemainingPod(leftPod(pod), memory)));
    }
    return found;
  }

  /** A frozen pod of which others still need pages. */
  private record RemainingPod(LeftPod left, LeftMemory.Note memory) implements Remaining {
    @Override
    public String pod() {
      return left.pod().id();
    }

    @Override
    public Way way() {
      return memory.way();
    }

    @Override
    public long bandwidth() {
      return memory.bandwidth();
    }

    @Override
    public PageOrigin serve(PageOrigin.Answers answers) {
      return memory.serve(answers);
    }

    @Override
    public void kill() {
      left.kill();
    }
  }

  @Override
  public void takeUpPages(Reach reach) {
    following.takeUp(pods.all(), this::runsHere, reach);
  }
}
