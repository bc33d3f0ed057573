package io.godwit.engine.restore;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.engine.EngineError;
import io.godwit.engine.EngineLimits;
import io.godwit.engine.kind.ResourceKind;
import io.godwit.engine.pages.FaultServer;
import io.godwit.engine.pages.PageSource;
import io.godwit.engine.pages.PageWriter;
import io.godwit.image.LiveProcess;
import io.godwit.image.ObjectId;
import io.godwit.image.PodImage;
import io.godwit.image.Vma;
import io.godwit.image.VmaKind;
import io.godwit.linux.DescriptorChannel;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Injector;
import io.godwit.linux.LinuxException;
import io.godwit.linux.Stub;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.Tracer;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Signals;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.ProcFs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds a tree from its image. The steps are methods, so that they can be spread over the time
 * before and after the source is frozen: {@link #prepare}, {@link #makeProcesses}, {@link
 * #makeMemory}, {@link #writePages}, {@link #finish}, {@link #release}. {@link #discard} gives up
 * at any of them. Belongs to the tracer's thread, except for {@link #writePages}, which any thread
 * may do.
 */
public final class Restorer {
  private static final long STAGING = 1 << 20;

  private final PodImage image;
  private final List<ResourceKind> kinds;
  private final RestoreOptions options;
  private final Tracer tracer;
  private final DescriptorChannel channel;
  private final int channelInParent;
  private final Restoration restoration;
  private final PageWriter pages = new PageWriter();
  private final Map<Pid, ThreadBuilder> threadBuilders = new HashMap<>();
  private AddressRange staging = new AddressRange(0, 0);
  private @Nullable PodImage early;
  private @Nullable Stub factory;
  private @Nullable Injector borrowed;
  private boolean ended;

  public Restorer(PodImage image, List<ResourceKind> kinds, RestoreOptions options, Tracer tracer) {
    this.image = image;
    this.kinds = List.copyOf(kinds);
    this.options = options;
    this.tracer = tracer;
    this.channel =
        options
            .parent()
            .map(parent -> DescriptorChannel.openIn(parent.injector()))
            .orElseGet(DescriptorChannel::open);
    this.channelInParent = channel.remoteNumber();
    this.restoration = new Restoration(image, tracer, options, channel);
  }

  /** Goes on with what another one has made early from a preliminary image. */
  private Restorer(Restorer early, PodImage image, List<ResourceKind> kinds) {
    this.image = image;
    this.kinds = List.copyOf(kinds);
    this.options = early.options;
    this.tracer = early.tracer;
    this.channel = early.channel;
    this.channelInParent = early.channelInParent;
    this.staging = early.staging;
    this.early = early.image;
    this.restoration = new Restoration(image, tracer, options, channel);
    for (LiveProcess process : image.live()) {
      RestoredProcess made = early.restoration.process(process.pid()).orElseThrow();
      restoration.add(new RestoredProcess(process, made.hostPid(), made.injector()));
    }
  }

  /** The image that is built. */
  public PodImage image() {
    return image;
  }

  /**
   * A restorer for the final image that goes on where this one, made for a preliminary image, is
   * after {@link #makeEarlyMemory}; empty when the final image needs the addresses of the scratch
   * area. This one is not used any more.
   */
  public Optional<Restorer> revised(PodImage last, List<ResourceKind> all) {
    for (LiveProcess process : last.live()) {
      AddressRange scratch = restoration.process(process.pid()).orElseThrow().injector().scratch();
      for (Vma vma : process.memory().mappings()) {
        if (vma.range().overlaps(scratch) || vma.range().overlaps(staging)) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(new Restorer(this, last, all));
  }

  /** Makes the processes without anything that the kinds give them. */
  public void makeEarlyProcesses() {
    bear();
  }

  /** Makes the mappings that have no file behind them. */
  public void makeEarlyMemory() {
    for (RestoredProcess process : restoration.processes()) {
      new MemoryBuilder(restoration, process, staging).buildEarly();
      pages.space(process.image().memory(), process.memory(), false);
    }
  }

  /** Gives the processes what the kinds have for them at their birth. */
  public void reviseProcesses() {
    int above = highestDescriptor() + 1;
    if (above > channel.remoteNumber()) {
      for (RestoredProcess process : restoration.processes()) {
        SyscallBatch batch = process.injector().batch();
        batch.add(Syscall.DUP2, channel.remoteNumber(), above);
        batch.add(Syscall.CLOSE, channel.remoteNumber());
        process.injector().run(batch);
      }
      channel.remoteNumber(above);
    }
    stage(RestoreStage.PROCESSES);
  }

  /**
   * Makes of the early mappings the final ones.
   *
   * @param dropped pages that were written early and are to read as zeros, by process
   */
  public void reviseMemory(Map<Pid, List<AddressRange>> dropped) {
    pages.files(restoration.descriptors());
    Map<Pid, LiveProcess> before = new HashMap<>();
    java.util.Objects.requireNonNull(early).live().forEach(p -> before.put(p.pid(), p));
    for (RestoredProcess process : restoration.processes()) {
      LiveProcess was = java.util.Objects.requireNonNull(before.get(process.podPid()));
      new MemoryBuilder(restoration, process, staging)
          .revise(was.memory(), dropped.getOrDefault(process.podPid(), List.of()));
      pages.space(process.image().memory(), process.memory(), false);
    }
  }

  /** Opens and makes what does not need the processes. */
  public void prepare() {
    stage(RestoreStage.PREPARE);
  }

  /** Makes the processes, empty, with their numbers and relations. */
  public void makeProcesses() {
    bear();
    stage(RestoreStage.PROCESSES);
  }

  private void bear() {
    Injector parent = parentInjector();
    int above = highestDescriptor() + 1;
    Map<Pid, TreeBuilder.Member> members =
        new TreeBuilder(tracer, image.processes(), root -> keepOnlyChannel(root, above))
            .build(parent, new Pid(parent.tracee().tid().number()), options.parent().isEmpty());
    channel.remoteNumber(above);
    for (LiveProcess process : image.live()) {
      TreeBuilder.Member member = java.util.Objects.requireNonNull(members.get(process.pid()));
      restoration.add(new RestoredProcess(process, member.hostPid(), member.injector()));
    }
    closeFactory();
  }

  /** The channel goes above all descriptors of the image, so that none has to make room for it. */
  private void keepOnlyChannel(Injector root, int above) {
    SyscallBatch batch = root.batch();
    if (channelInParent != above) {
      batch.add(Syscall.DUP2, channelInParent, above);
    }
    batch.add(Syscall.CLOSE_RANGE, 0, above - 1L, 0);
    batch.add(Syscall.CLOSE_RANGE, above + 1L, 0xffff_ffffL, 0);
    root.run(batch);
  }

  private int highestDescriptor() {
    int highest = 2;
    for (LiveProcess process : image.live()) {
      for (var descriptor : process.descriptors().descriptors()) {
        highest = Math.max(highest, descriptor.number());
      }
    }
    return highest;
  }

  /** A process with a scratch area where no process of the image has anything. */
  private Injector parentInjector() {
    FreeSpace space = new FreeSpace();
    for (LiveProcess process : image.live()) {
      space.occupy(process.memory().mappings().stream().map(Vma::range).toList());
    }
    if (options.parent().isPresent()) {
      Injector given = options.parent().get().injector();
      space.occupy(
          ProcFs.host().process(new Pid(given.tracee().tid().number())).maps().stream()
              .map(m -> m.range())
              .toList());
      AddressRange room = place(space);
      borrowed = given.sibling(room.start());
      return borrowed;
    }
    AddressRange room = place(space);
    Stub stub = Stub.start(tracer, room.start(), channel.remote().number());
    factory = stub;
    channel.closeRemote();
    return stub.injector();
  }

  private AddressRange place(FreeSpace space) {
    AddressRange room = space.find(Injector.SCRATCH_SIZE + STAGING);
    staging = new AddressRange(room.start() + Injector.SCRATCH_SIZE, room.end());
    return room;
  }

  private void closeFactory() {
    if (factory != null) {
      factory.close();
      factory = null;
    }
    if (borrowed != null) {
      borrowed.closeSibling(options.parent().orElseThrow().injector(), channelInParent);
      borrowed = null;
    }
  }

  /** Makes the mappings. */
  public void makeMemory() {
    pages.files(restoration.descriptors());
    for (RestoredProcess process : restoration.processes()) {
      new MemoryBuilder(restoration, process, staging).build();
      pages.space(process.image().memory(), process.memory(), true);
    }
  }

  private static AddressRange vdso(LiveProcess process) {
    return process.memory().mappings().stream()
        .filter(v -> v.kind().equals(new VmaKind.Kernel(VmaKind.KernelPart.VDSO)))
        .map(Vma::range)
        .findFirst()
        .orElse(new AddressRange(0, 0));
  }

  /** Fills the memory from a source; gives back how many bytes. */
  public long writePages(PageSource source) {
    return pages.writeAll(source);
  }

  /** The program keeps addresses of the kernel's functions, which must be where they were. */
  private void requireSameKernelCode(RestoredProcess process) {
    byte[] theirs = pages.kernelCode(process.image().memory().id());
    AddressRange range = vdso(process.image());
    if (theirs.length == range.length()
        && !Arrays.equals(theirs, process.memory().read(range.start(), theirs.length))) {
      throw new GodwitException(
          EngineError.NOT_RESTORABLE,
          "process " + process.podPid() + " cannot be built here",
          "this kernel's [vdso] differs from the one that the program was started with",
          "move it to a node with the same kernel and processor");
    }
  }

  /**
   * Lets a server bring pages when they are touched, from now on.
   *
   * @param missing by address space of the image
   */
  public void serveFaults(FaultServer server, Map<ObjectId, List<AddressRange>> missing) {
    for (RestoredProcess process : restoration.processes()) {
      ObjectId space = process.image().memory().id();
      List<AddressRange> pages = missing.getOrDefault(space, List.of());
      if (!pages.isEmpty()) {
        server.add(space, FaultRegistration.open(process, pages), pages);
      }
    }
  }

  /** Makes the threads and all that is left, but lets nothing run. */
  public void finish() {
    for (RestoredProcess process : restoration.processes()) {
      requireSameKernelCode(process);
      new MemoryBuilder(restoration, process, staging).finish();
    }
    stage(RestoreStage.MEMORY);
    for (RestoredProcess process : restoration.processes()) {
      ThreadBuilder builder = new ThreadBuilder(tracer, process);
      threadBuilders.put(process.podPid(), builder);
      builder.makeThreads();
      builder.noteSequences();
      builder.setUp();
    }
    stage(RestoreStage.THREADS);
    for (RestoredProcess process : restoration.processes()) {
      process.calls().room(1, 0).add(Syscall.CLOSE, channel.remoteNumber());
    }
    stage(RestoreStage.LAST);
    for (RestoredProcess process : restoration.processes()) {
      ThreadBuilder builder = threadBuilders.get(process.podPid());
      java.util.Objects.requireNonNull(builder).beginWaits();
      List<RestoredThread> threads = process.threads();
      for (RestoredThread thread : threads.subList(1, threads.size())) {
        java.util.Objects.requireNonNull(builder).finish(thread);
      }
      process.injector().ownScratch();
      process.injector().close();
      java.util.Objects.requireNonNull(builder).finish(threads.getFirst());
    }
  }

  private void stage(RestoreStage stage) {
    // The kinds of the late stages call nothing in a process on their own: one trip for all. What
    // belongs to memory goes with what belongs to the threads.
    boolean together = stage.compareTo(RestoreStage.MEMORY) >= 0;
    for (ResourceKind kind : kinds) {
      kind.recreate(stage, restoration);
      if (!together) {
        restoration.processes().forEach(Restorer::flush);
      }
    }
    if (together && stage != RestoreStage.MEMORY) {
      restoration.processes().forEach(Restorer::flush);
    }
  }

  /**
   * The first thread's calls come last: what belongs to the whole process, as whether it may be
   * dumped, would be undone by a thread's change of rights.
   */
  private static void flush(RestoredProcess process) {
    List<RestoredThread> threads = process.threads();
    for (int from = 1; from < threads.size(); from += ThreadBuilder.CALLS_AT_ONCE) {
      List<RestoredThread> part =
          threads.subList(from, Math.min(threads.size(), from + ThreadBuilder.CALLS_AT_ONCE));
      part.forEach(thread -> thread.calls().start());
      part.forEach(thread -> thread.calls().finish());
      part.forEach(thread -> thread.calls().flush());
    }
    process.calls().flush();
  }

  /** The processes that were built. */
  public List<RestoredProcess> processes() {
    return restoration.processes();
  }

  /** Lets everything run. */
  public void release() {
    for (RestoredProcess process : restoration.processes()) {
      if (process.image().stopSignal().isPresent()) {
        // Taken before any instruction of the process: it is stopped by job control again.
        Kernel.call(Syscall.KILL, process.hostPid().number(), Signals.SIGSTOP);
      }
      for (RestoredThread thread : process.threads()) {
        thread.tracee().detach(0);
      }
    }
    end();
  }

  /** Kills everything that was built. */
  public void discard() {
    for (RestoredProcess process : restoration.processes().reversed()) {
      Kernel.call(Syscall.KILL, process.hostPid().number(), Signals.SIGKILL);
    }
    for (RestoredProcess process : restoration.processes().reversed()) {
      for (RestoredThread thread : process.threads().reversed()) {
        reap(thread);
      }
    }
    end();
  }

  private static void reap(RestoredThread thread) {
    try {
      while (!thread.tracee().isGone()
          && thread.tracee().await(EngineLimits.KILL_TIMEOUT_NANOS).isPresent()) {
        // Stops that were on their way come first; the last status is its end.
      }
    } catch (LinuxException e) {
      if (!e.is(Errno.ECHILD)) {
        throw e;
      }
    }
  }

  private void end() {
    if (ended) {
      return;
    }
    ended = true;
    closeFactory();
    new ArrayList<>(restoration.cleanups()).forEach(Runnable::run);
    restoration.descriptors().values().forEach(Descriptors::close);
    channel.close();
  }
}
