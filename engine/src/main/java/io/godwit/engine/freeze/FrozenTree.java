package io.godwit.engine.freeze;

import io.godwit.core.Pid;
import io.godwit.engine.EngineLimits;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.linux.Injector;
import io.godwit.linux.LinuxException;
import io.godwit.linux.Tracer;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Signals;
import io.godwit.linux.abi.Syscall;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All processes of a tree, stopped. Parents come before their children. Belongs to the tracer's
 * thread.
 */
public final class FrozenTree {
  private final Tracer tracer;
  private final List<FrozenProcess> processes;
  private final Set<ExternalDescriptor> external;
  private final long frozenSince;

  FrozenTree(
      Tracer tracer,
      List<FrozenProcess> processes,
      Set<ExternalDescriptor> external,
      long frozenSince) {
    this.frozenSince = frozenSince;
    this.tracer = tracer;
    this.processes = List.copyOf(processes);
    this.external = Set.copyOf(external);
  }

  public Tracer tracer() {
    return tracer;
  }

  /** When the first thread was stopped, as System.nanoTime() tells it. */
  public long frozenSince() {
    return frozenSince;
  }

  /** The processes that live, parents before their children. */
  public List<FrozenProcess> processes() {
    return processes;
  }

  /** A process by its number in its own PID namespace. */
  public Optional<FrozenProcess> process(Pid podPid) {
    return processes.stream().filter(p -> p.podPid().equals(podPid)).findFirst();
  }

  /** Descriptors that the caller supplies again at the destination. */
  public Set<ExternalDescriptor> external() {
    return external;
  }

  /**
   * Makes it safe to be found dead: should this process be killed from here on, the kernel lets go
   * of the threads, and they go on where they were. The next injection ends this state.
   */
  public void rest() {
    for (FrozenProcess process : processes) {
      process.openInjector().ifPresent(Injector::beginRest);
    }
    for (FrozenProcess process : processes) {
      process.openInjector().ifPresent(Injector::endRest);
      for (FrozenThread thread : process.threads()) {
        RestartedCall.whenOnlyWeInterrupted(thread).ifPresent(thread.tracee()::setRegisters);
      }
    }
  }

  /** Puts back what injection changed; everything stays stopped. */
  public void putBack() {
    for (FrozenProcess process : processes) {
      process.openInjector().ifPresent(Injector::close);
    }
  }

  /**
   * Lets everything run on as if nothing had happened: what injection changed is put back, and the
   * kernel restarts the calls that were interrupted.
   */
  public void undo() {
    putBack();
    for (FrozenProcess process : processes) {
      for (FrozenThread thread : process.threads()) {
        release(thread);
      }
    }
  }

  private static void release(FrozenThread thread) {
    try {
      RestartedCall.whenOnlyWeInterrupted(thread).ifPresent(thread.tracee()::setRegisters);
      thread.tracee().detach(0);
    } catch (LinuxException e) {
      if (!e.is(Errno.ESRCH)) { // killed while it was frozen
        throw e;
      }
    }
  }

  /** Kills all processes; their parents learn of it. */
  public void kill() {
    for (FrozenProcess process : processes) {
      Kernel.call(Syscall.KILL, process.hostPid().number(), Signals.SIGKILL);
    }
    for (FrozenProcess process : processes) {
      for (FrozenThread thread : process.threads().reversed()) {
        reap(thread);
      }
    }
  }

  private static void reap(FrozenThread thread) {
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
}
