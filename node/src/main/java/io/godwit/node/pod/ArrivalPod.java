package io.godwit.node.pod;

import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.engine.RebuiltPod;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.engine.restore.RestoreOptions;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.FileStatus;
import io.godwit.linux.KeptDescriptors;
import io.godwit.linux.Tracer;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.ProcessHandles;
import io.godwit.linux.launch.ScriptedInit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A pod made for a program that arrives: its namespaces, and its init, which stands still so that
 * the engine can build the processes as its children. All of this needs nothing of the program's
 * state and is done before the program is frozen where it comes from.
 *
 * <pre>
 *   try (ArrivalPod arrival = ArrivalPod.create(room, frame, main);
 *       RebuiltPod built = engine.rebuild(image, arrival.options(), arrival.tracer(), listener)) {
 *     built.make(); built.writePages(pages); built.finish();
 *     arrival.detach(built);            // the init goes on; cgroup.freeze holds all
 *     ... arrival.pod().cgroup().thaw();
 *     arrival.keep();
 *   }                                   // without keep() the pod is killed
 * </pre>
 *
 * Methods may be called from any thread but the tracer's, by one at a time.
 */
public final class ArrivalPod implements AutoCloseable {
  /** Roles of external descriptors, the same at both ends of a move. */
  public static final String INPUT = "stdin";

  public static final String OUTPUT = "stdout";
  public static final String ERROR = "stderr";
  public static final String TERMINAL = "terminal";

  /** The seed is gone before the processes come, which may need any number. */
  private static final int SEED_POD_PID = 2;

  private final Pod pod;
  private final Tracer tracer;
  private final StoppedInit init;
  private boolean letGo;
  private boolean kept;

  private ArrivalPod(Pod pod, Tracer tracer, StoppedInit init) {
    this.pod = pod;
    this.tracer = tracer;
    this.init = init;
  }

  /** What an arriving program's pod is like, besides what its image says. */
  public record Frame(
      String id, String hostname, boolean network, PodSpec.Console console, TimeOffsets clocks) {}

  /**
   * Makes one.
   *
   * @param main the number, in the pod, of the program's first process
   */
  public static ArrivalPod create(PodRoom room, Frame frame, Pid main) {
    Pod pod = pod(room, frame, main);
    Tracer tracer = Tracer.start();
    try {
      StoppedInit init =
          tracer.call(
              () -> {
                StoppedInit stopped = StoppedInit.stop(tracer, pod.init());
                stopped.endChildren();
                return stopped;
              });
      return new ArrivalPod(pod, tracer, init);
    } catch (RuntimeException e) {
      pod.relinquish();
      tracer.close();
      pod.programEnds().ifPresent(ProgramEnds::close);
      pod.streams().close();
      awaitEnd(pod);
      throw e;
    }
  }

  private static Pod pod(PodRoom room, Frame frame, Pid main) {
    Fd idle = PodEntry.idleProgram();
    try {
      return room.create(
          new PodSpec(
              frame.id(),
              frame.hostname(),
              frame.network(),
              frame.console(),
              frame.clocks(),
              new PodSpec.Seed(
                  idle, "godwit-seed", SEED_POD_PID, Optional.empty(), main.number())));
    } finally {
      FdCalls.close(idle);
    }
  }

  public Pod pod() {
    return pod;
  }

  /** The thread that holds the init, which has to build the processes too. */
  public Tracer tracer() {
    return tracer;
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
        Optional.of(new RestoreOptions.Parent(init.injector())), pod.root(), external);
  }

  /** Takes away what was built and given up, so that its numbers are free again. */
  public void clear() {
    tracer.run(init::endChildren);
  }

  /**
   * Lets the init keep descriptors from here on, until {@link #endKeeping}. Before {@link #detach}.
   */
  public KeptDescriptors keepInInit() {
    return tracer.call(() -> KeptDescriptors.in(init.injector(), InitDescriptors.FAULTS));
  }

  /** What the init of a pod keeps since an earlier daemon built it. */
  public static KeptDescriptors.Found keptInInit(Pod pod) {
    return KeptDescriptors.find(
        ProcessHandles.fetchDescriptor(pod.initHandle(), InitDescriptors.FAULTS));
  }

  /** Tells a pod's init that nothing needs to be kept any more. */
  public static void endKeeping(Pod pod) {
    ScriptedInit.closeDescriptor(pod.init(), InitDescriptors.FAULTS);
  }

  /** Lets go of what was built, and of the init: their cgroup holds them from now on. */
  public void detach(RebuiltPod built) {
    // The init is frozen with the others, and must not be held by two at once.
    tracer.run(init::close);
    built.detachFrozen(pod.cgroup().directory());
  }

  /** The program is here to stay; what closes from now on leaves it alone. */
  public void keep() {
    kept = true;
  }

  /** Closes what only the building needed; a pod that was not kept is killed and taken away. */
  @Override
  public void close() {
    if (kept) {
      letGo();
    } else {
      // First the kill: the init must not go on with what was half made below it.
      pod.relinquish();
      letGo();
      pod.streams().close();
      awaitEnd(pod);
    }
  }

  /** Ends the building alone: the pod is left to whoever has it. */
  public void letGo() {
    if (!letGo) {
      letGo = true;
      if (!pod.isRelinquished()) {
        tracer.run(init::close);
      }
      // Whatever the tracer still holds is detached with its thread.
      tracer.close();
      pod.programEnds().ifPresent(ProgramEnds::close);
    }
  }

  private static void awaitEnd(Pod pod) {
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
