package io.godwit.node.daemon;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.Pid;
import io.godwit.engine.Engine;
import io.godwit.engine.FrozenPod;
import io.godwit.engine.PhaseListener;
import io.godwit.engine.RebuiltPod;
import io.godwit.engine.extract.Extractor;
import io.godwit.engine.extract.Origins;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.engine.restore.RestoreOptions;
import io.godwit.image.Namespaces;
import io.godwit.image.ObjectId;
import io.godwit.image.PodIdentity;
import io.godwit.image.codec.PodCodec;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.FileStatus;
import io.godwit.linux.Tracer;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.ProcessHandles;
import io.godwit.linux.launch.TerminalCalls;
import io.godwit.linux.proc.ProcFs;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.node.migration.ProcessMover;
import io.godwit.node.peers.NodeFacts;
import io.godwit.node.pod.ConsoleRelay;
import io.godwit.node.pod.ConsoleState;
import io.godwit.node.pod.Pod;
import io.godwit.node.pod.PodEntry;
import io.godwit.node.pod.PodRoom;
import io.godwit.node.pod.PodSpec;
import io.godwit.node.pod.PodStreams;
import io.godwit.node.pod.ProgramEnds;
import io.godwit.node.pod.TimeOffsets;
import io.godwit.wire.proto.Requirements;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Moves the pods of this node by the engine. The description that goes over is the length of the
 * encoded image (4 bytes), the image, and the state of the console.
 */
final class EnginePods implements ProcessMover {
  private static final int SIGKILL = 9;

  /** The seed is gone before the processes come, which may need any number. */
  private static final int SEED_POD_PID = 2;

  private static final String VERSION = "0.1.0";

  private final NodeId self;
  private final Engine engine;
  private final PodRoom pods;
  private final LocalProcesses processes;
  private final RequirementsReader requirements;

  EnginePods(NodeId self, Engine engine, PodRoom pods, LocalProcesses processes, NodeFacts facts) {
    this.self = self;
    this.engine = engine;
    this.pods = pods;
    this.processes = processes;
    this.requirements = new RequirementsReader(facts);
  }

  private Pod pod(String name) {
    return pods.find(name)
        .orElseThrow(
            () ->
                new GodwitException(
                    NodeError.UNKNOWN_PROCESS,
                    "migrating '" + name + "'",
                    "node " + self + " has no pod of that name",
                    "see 'godwit ps'"));
  }

  private ProcessEntry entry(String name) {
    return processes
        .find(name)
        .orElseThrow(
            () ->
                new GodwitException(
                    NodeError.UNKNOWN_PROCESS,
                    "migrating '" + name + "'",
                    "node " + self + " has no process of that name",
                    "see 'godwit ps'"));
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

  /** The program's ends of its console, which the destination supplies anew. */
  private static Set<ExternalDescriptor> externals(Pod pod) {
    Set<ExternalDescriptor> found = new HashSet<>();
    switch (pod.streams()) {
      case PodStreams.Pipes(Fd input, Fd output, Fd error) -> {
        found.add(external("stdin", Descriptors.status(input)));
        found.add(external("stdout", Descriptors.status(output)));
        found.add(external("stderr", Descriptors.status(error)));
      }
      case PodStreams.Terminal terminal ->
          found.add(
              external("terminal", Descriptors.status(pod.root().resolve("dev/pts/0").toString())));
    }
    return found;
  }

  private static ExternalDescriptor external(String role, FileStatus status) {
    return new ExternalDescriptor(role, status.device().devT(), status.inode());
  }

  @Override
  public Requirements inspect(String name) {
    Pod pod = pod(name);
    List<Pid> roots = roots(pod);
    engine.inspect(roots, externals(pod)).throwIfRefused();
    return requirements.read(Engine.descendants(roots), entry(name));
  }

  @Override
  public byte[] podDescription(String name) {
    Pod pod = pod(name);
    return new PodDescription(
            entry(name),
            pod.record().hostname(),
            pod.record().network(),
            pod.record().terminal(),
            pod.record().clocks().now())
        .toBytes();
  }

  @Override
  public Departure freeze(String name) {
    Pod pod = pod(name);
    ProcessEntry entry = entry(name);
    Extractor.Surroundings around =
        new Extractor.Surroundings(
            new PodIdentity(
                name,
                Optional.of(name),
                Optional.of(entry.home().name()),
                entry.epoch(),
                new Pid(pod.record().mainPodPid())),
            Origins.here(VERSION, self.name()),
            new Namespaces(
                Set.of(
                    Namespaces.Kind.PID,
                    Namespaces.Kind.MOUNT,
                    Namespaces.Kind.UTS,
                    Namespaces.Kind.IPC,
                    Namespaces.Kind.TIME),
                pod.record().hostname(),
                "(none)",
                List.of()));
    FrozenPod frozen = engine.freeze(roots(pod), externals(pod), around, PhaseListener.NONE);
    return new Leaving(pod, frozen, processes.consoles().relay(name));
  }

  private static final class Leaving implements Departure {
    private final Pod pod;
    private final FrozenPod frozen;
    private final Optional<ConsoleRelay> relay;
    private @Nullable ConsoleState console;

    Leaving(Pod pod, FrozenPod frozen, Optional<ConsoleRelay> relay) {
      this.pod = pod;
      this.frozen = frozen;
      this.relay = relay;
    }

    @Override
    public void redirect() {
      try {
        if (relay.isPresent()) {
          console = relay.get().suspend();
        }
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
        throw interrupted(pod.id());
      }
    }

    @Override
    public byte[] describe() {
      byte[] image = PodCodec.encode(frozen.image());
      frozen.yieldLocks();
      ConsoleState state = console;
      byte[] streams = state == null ? new byte[0] : state.toBytes();
      return ByteBuffer.allocate(4 + image.length + streams.length)
          .putInt(image.length)
          .put(image)
          .put(streams)
          .array();
    }

    @Override
    public void transfer(PageSink sink) {
      long bytes =
          frozen.sendPages(
              (object, address, content) -> sink.accept(object.number(), address, content));
      assert bytes >= 0;
    }

    @Override
    public void seal() {
      // They count as frozen only when the tracer has let go; the request holds them from then on.
      pod.cgroup().requestFreeze();
    }

    @Override
    public void undo() {
      // The tracer holds them still; calls cannot be made in them under a frozen cgroup.
      pod.cgroup().thaw();
      frozen.undo();
      try {
        if (relay.isPresent() && console != null) {
          relay.get().resume();
        }
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void kill() {
      pod.relinquish();
      frozen.kill();
    }
  }

  private static GodwitException interrupted(String pod) {
    return new GodwitException(
        NodeError.STOPPING, "migrating '" + pod + "'", "the daemon stops", "try again");
  }

  @Override
  public Arrival create(String name, byte[] bytes, long receivedNanos) {
    PodDescription description = PodDescription.of(bytes, self);
    if (!description.process().name().equals(name)) {
      throw new GodwitException(
          NodeError.STATE_INCOMPLETE,
          "taking '" + name + "'",
          "the description is that of '" + description.process().name() + "'",
          "run the same version of Godwit on both nodes");
    }
    long since = System.nanoTime() - receivedNanos;
    TimeOffsets offsets =
        TimeOffsets.continuing(
            new TimeOffsets.Clocks(
                description.clocks().monotonicNanos() + since,
                description.clocks().bootNanos() + since));
    PodSpec.Console console =
        description.terminal()
            ? new PodSpec.Console.Terminal(new TerminalCalls.WindowSize(24, 80, 0, 0))
            : new PodSpec.Console.Pipes();
    Fd idle = PodEntry.idleProgram();
    try {
      Pod pod =
          pods.create(
              new PodSpec(
                  name,
                  description.hostname(),
                  description.network(),
                  console,
                  offsets,
                  new PodSpec.Seed(
                      idle,
                      "godwit-seed",
                      SEED_POD_PID,
                      Optional.empty(),
                      description.process().podPid())));
      return new Arriving(pod, description.process());
    } finally {
      FdCalls.close(idle);
    }
  }

  private final class Arriving implements Arrival {
    private final Pod pod;
    private final ProcessEntry entry;
    private @Nullable ConsoleRelay relay;

    Arriving(Pod pod, ProcessEntry entry) {
      this.pod = pod;
      this.entry = entry;
    }

    @Override
    public void build(byte[] description, PageSource pages) {
      ByteBuffer in = ByteBuffer.wrap(description);
      int length = in.remaining() < 4 ? -1 : in.getInt();
      if (length < 0 || length > in.remaining() || length > NodeLimits.METADATA_BYTES) {
        throw new GodwitException(
            NodeError.STATE_INCOMPLETE,
            "taking '" + pod.id() + "'",
            "its description is cut short",
            "run the same version of Godwit on both nodes");
      }
      ByteBuffer image = in.slice(in.position(), length);
      byte[] console = new byte[in.remaining() - length];
      in.position(in.position() + length).get(console);
      try (Tracer tracer = Tracer.start()) {
        StoppedInit init = tracer.call(() -> StoppedInit.stop(tracer, pod.init()));
        try {
          tracer.run(() -> endSeed(init));
          rebuild(image, pages, tracer, init);
        } finally {
          tracer.run(init::close);
        }
      }
      if (console.length > 0) {
        relay = ConsoleRelay.restored(pod, ConsoleState.of(console));
      }
      // Durable before the word that all is there: a daemon that is restarted has it from here.
      processes.expect(entry);
    }

    /** Its number may be needed; nobody else reaps it while the init stands still. */
    private void endSeed(StoppedInit init) {
      for (Pid seed : ProcFs.host().process(pod.init()).children()) {
        int podPid = ProcFs.host().process(seed).status().processIds().getLast();
        Fd handle = ProcessHandles.open(seed);
        try {
          ProcessHandles.signal(handle, SIGKILL);
          init.injector().check(Syscall.WAIT4, "the seed", podPid, 0, 0, 0);
        } finally {
          FdCalls.close(handle);
        }
      }
    }

    private void rebuild(ByteBuffer image, PageSource pages, Tracer tracer, StoppedInit init) {
      Map<String, Fd> ends = new HashMap<>();
      pod.programEnds().ifPresent(supplied -> put(ends, supplied));
      RestoreOptions options =
          new RestoreOptions(
              Optional.of(new RestoreOptions.Parent(init.injector())), pod.root(), ends);
      try (RebuiltPod rebuilt =
          engine.rebuild(
              PodCodec.decode(image, "the description of '" + pod.id() + "'"),
              options,
              tracer,
              PhaseListener.NONE)) {
        rebuilt.make();
        long written = rebuilt.writePages(() -> run(pages.next()));
        assert written >= 0;
        rebuilt.finish();
        // The init is frozen with the others, and must not be held by two at once.
        tracer.run(init::close);
        rebuilt.detachFrozen(pod.cgroup().directory());
      }
      pod.programEnds().ifPresent(ProgramEnds::close);
    }

    private static io.godwit.engine.pages.PageSource.@Nullable Run run(
        PageSource.@Nullable Run run) {
      return run == null
          ? null
          : new io.godwit.engine.pages.PageSource.Run(
              new ObjectId(run.object()), run.address(), run.content());
    }

    private static void put(Map<String, Fd> ends, ProgramEnds supplied) {
      switch (supplied) {
        case ProgramEnds.Pipes(Fd input, Fd output, Fd error) -> {
          ends.put("stdin", input);
          ends.put("stdout", output);
          ends.put("stderr", error);
        }
        case ProgramEnds.Terminal(Fd slave) -> ends.put("terminal", slave);
      }
    }

    @Override
    public void thaw() {
      processes.thawing(pod);
      pod.cgroup().thaw();
      ConsoleRelay console = relay;
      if (console != null) {
        try {
          console.resume();
        } catch (InterruptedException stopping) {
          Thread.currentThread().interrupt();
        }
        processes.relayed(pod.id(), console, entry.home());
      }
    }

    @Override
    public void discard() {
      ConsoleRelay console = relay;
      if (console != null) {
        console.close();
      }
      pod.programEnds().ifPresent(ProgramEnds::close);
      pod.relinquish();
      processes.forgetVisitor(pod.id());
    }
  }

  @Override
  public @Nullable Left left(String name) {
    return pods.find(name).map(LeftPod::new).orElse(null);
  }
}
