package io.godwit.node.pod;

import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.engine.restore.RestoreOptions;
import io.godwit.image.LiveProcess;
import io.godwit.image.PodImage;
import io.godwit.image.ProcessImage;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.FileStatus;
import io.godwit.linux.Injector;
import io.godwit.linux.RemoteMemory;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.Tracee;
import io.godwit.linux.Tracer;
import io.godwit.linux.abi.Ptrace;
import io.godwit.linux.abi.StubElf;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.WaitStatus;
import io.godwit.linux.abi.X86_64Code;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.ProcessHandles;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A pod made for a program that arrives: its namespaces, its init, and a seed, a stub that is a
 * child of the init, below which the engine builds the processes. When they are built the seed is
 * killed, and they become the init's children.
 *
 * <pre>
 *   try (ArrivalPod arrival = ArrivalPod.create(room, spec, image, tracer);
 *       RebuiltPod built = engine.rebuild(image, arrival.options(), tracer, listener)) {
 *     built.make(); built.writePages(pages); built.finish();
 *     arrival.releaseSeed();
 *     built.detachFrozen(arrival.pod().cgroup().directory());
 *     ... arrival.pod().cgroup().thaw();
 *     arrival.keep();
 *   }                                   // without keep() the pod is killed
 * </pre>
 *
 * Methods may be called from any thread but the tracer's.
 */
public final class ArrivalPod implements AutoCloseable {
  /** Roles of external descriptors, the same at both ends of a move. */
  public static final String INPUT = "stdin";

  public static final String OUTPUT = "stdout";
  public static final String ERROR = "stderr";
  public static final String TERMINAL = "terminal";

  private static final int SIGKILL = 9;
  private static final long STOP_NANOS = 10_000_000_000L;

  private final Pod pod;
  private final Tracer tracer;
  private final Injector injector;
  private boolean seedReleased;
  private boolean kept;

  private ArrivalPod(Pod pod, Tracer tracer, Injector injector) {
    this.pod = pod;
    this.tracer = tracer;
    this.injector = injector;
  }

  /**
   * @param frame all but the start, which the image says
   * @param tracer the one that builds the processes
   */
  public static ArrivalPod create(PodRoom room, Frame frame, PodImage image, Tracer tracer) {
    int highestPid = PodScript.MAIN_POD_PID;
    for (ProcessImage process : image.processes()) {
      highestPid = Math.max(highestPid, process.pid().number());
      highestPid = Math.max(highestPid, process.identity().session());
      highestPid = Math.max(highestPid, process.identity().group());
    }
    for (LiveProcess process : image.live()) {
      for (var thread : process.threads()) {
        highestPid = Math.max(highestPid, thread.tid().number());
      }
    }
    return create(room, frame, image.identity().mainProcess(), highestPid + 1, tracer);
  }

  /** What an arriving program's pod is like, besides what its image says. */
  public record Frame(
      String id, String hostname, boolean network, PodSpec.Console console, TimeOffsets clocks) {}

  /**
   * As above, where the image is not there yet.
   *
   * @param main the number, in the pod, of the program's first process
   * @param seedPodPid a number in the pod that nothing of the program needs
   */
  public static ArrivalPod create(
      PodRoom room, Frame frame, Pid main, int seedPodPid, Tracer tracer) {
    Fd elf = FdCalls.memoryFile("godwit-stub", StubElf.bytes());
    Pod pod = null;
    try {
      PodSpec.Seed seed =
          new PodSpec.Seed(elf, "godwit-stub", seedPodPid, Optional.empty(), main.number());
      pod =
          room.create(
              new PodSpec(
                  frame.id(),
                  frame.hostname(),
                  frame.network(),
                  frame.console(),
                  frame.clocks(),
                  seed));
      Pid host =
          pod.hostPid(seedPodPid)
              .orElseThrow(() -> new IllegalStateException("the seed ended at once"));
      Injector injector = tracer.call(() -> seize(tracer, host));
      return new ArrivalPod(pod, tracer, injector);
    } catch (RuntimeException e) {
      if (pod != null) {
        discard(pod);
      }
      throw e;
    } finally {
      FdCalls.close(elf);
    }
  }

  private static Injector seize(Tracer tracer, Pid host) {
    Tracee tracee = tracer.seize(host.mainThread(), Ptrace.O_TRACESYSGOOD | Ptrace.O_EXITKILL);
    tracee.interrupt();
    WaitStatus status =
        tracee
            .await(STOP_NANOS)
            .orElseThrow(() -> new IllegalStateException("the seed does not stop"));
    if (!status.stopped()) {
      throw new IllegalStateException("the seed " + status);
    }
    Injector injector =
        Injector.open(
            tracee, RemoteMemory.of(host), StubElf.BASE + StubElf.CODE + X86_64Code.GADGET, 0);
    // It runs in the scratch area alone from now on, so that what it becomes has room.
    SyscallBatch batch = injector.batch();
    batch.add(Syscall.MUNMAP, StubElf.BASE, 4096);
    injector.run(batch);
    return injector;
  }

  public Pod pod() {
    return pod;
  }

  /** For the engine: where the processes are built and what their streams are. */
  public RestoreOptions options() {
    Map<String, Fd> external = new HashMap<>();
    pod.programEnds()
        .ifPresent(
            ends -> {
              switch (ends) {
                case ProgramEnds.Pipes(Fd input, Fd output, Fd error) -> {
                  external.put(INPUT, input);
                  external.put(OUTPUT, output);
                  external.put(ERROR, error);
                }
                case ProgramEnds.Terminal(Fd slave) -> external.put(TERMINAL, slave);
              }
            });
    return new RestoreOptions(
        Optional.of(new RestoreOptions.Parent(injector)), pod.root(), external);
  }

  /** Kills the seed: the processes that were built below it become the init's children. */
  public void releaseSeed() {
    if (seedReleased) {
      return;
    }
    seedReleased = true;
    tracer.run(
        () -> {
          Tracee tracee = injector.tracee();
          Fd handle = ProcessHandles.open(new Pid(tracee.tid().number()));
          try {
            ProcessHandles.signal(handle, SIGKILL);
          } finally {
            FdCalls.close(handle);
          }
          while (!tracee.isGone() && tracee.await(STOP_NANOS).isPresent()) {
            // Stops that were on their way come first; the last status is its end.
          }
        });
  }

  /** The program is here to stay; what closes from now on leaves it alone. */
  public void keep() {
    kept = true;
  }

  /** Closes what only the building needed; a pod that was not kept is killed and taken away. */
  @Override
  public void close() {
    releaseSeed();
    if (kept) {
      pod.programEnds().ifPresent(ProgramEnds::close);
    } else {
      discard(pod);
    }
  }

  private static void discard(Pod pod) {
    pod.relinquish();
    pod.programEnds().ifPresent(ProgramEnds::close);
    pod.streams().close();
    try {
      pod.ended().get(PodLimits.END_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new GodwitException(
          PodError.NOT_ENDED,
          "the pod " + pod.id() + " did not end",
          "a process in it is still held by its tracer",
          "restart the daemon: what it traces is killed",
          e);
    }
  }

  /**
   * For the engine at the source: what of a running pod's descriptors the destination supplies
   * again.
   */
  public static Set<ExternalDescriptor> externals(Pod pod) {
    Set<ExternalDescriptor> externals = new HashSet<>();
    switch (pod.streams()) {
      case PodStreams.Pipes(Fd input, Fd output, Fd error) -> {
        externals.add(external(INPUT, Descriptors.status(input)));
        externals.add(external(OUTPUT, Descriptors.status(output)));
        externals.add(external(ERROR, Descriptors.status(error)));
      }
      case PodStreams.Terminal terminal ->
          externals.add(
              external(TERMINAL, Descriptors.status(pod.root().resolve("dev/pts/0").toString())));
    }
    return externals;
  }

  private static ExternalDescriptor external(String role, FileStatus status) {
    return new ExternalDescriptor(role, status.device().devT(), status.inode());
  }
}
