package io.godwit.engine.freeze;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.core.Tid;
import io.godwit.engine.EngineError;
import io.godwit.engine.EngineLimits;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.linux.LinuxException;
import io.godwit.linux.Registers;
import io.godwit.linux.RemoteMemory;
import io.godwit.linux.Tracee;
import io.godwit.linux.Tracer;
import io.godwit.linux.VdsoImage;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Ptrace;
import io.godwit.linux.abi.WaitStatus;
import io.godwit.linux.descriptor.Kcmp;
import io.godwit.linux.proc.MemoryMapping;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.ProcTask;
import io.godwit.linux.proc.TaskState;
import io.godwit.linux.proc.TaskStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Stops a tree of processes. Threads and children that appear while others are being stopped are
 * found by looking again until a look finds nothing new: only a running thread can make another.
 * What stands in the way undoes everything that was stopped.
 */
public final class Freezer {
  private static final long OPTIONS = Ptrace.O_TRACESYSGOOD;

  private final Tracer tracer;
  private final Set<ExternalDescriptor> external;
  private final Map<Pid, Map<Tid, Stopped>> seized = new LinkedHashMap<>();
  private final Set<Tid> ended = new LinkedHashSet<>();

  private record Stopped(Tracee tracee, int stopSignal) {}

  private Freezer(Tracer tracer, Set<ExternalDescriptor> external) {
    this.tracer = tracer;
    this.external = external;
  }

  /**
   * Stops the processes and all their descendants. Call on the tracer's thread.
   *
   * @param roots in the node's PID namespace
   */
  public static FrozenTree freeze(
      Tracer tracer, List<Pid> roots, Set<ExternalDescriptor> external) {
    GodwitException last = null;
    for (int attempt = 0; attempt < EngineLimits.FREEZE_ATTEMPTS; attempt++) {
      Freezer freezer = new Freezer(tracer, external);
      try {
        return freezer.run(roots);
      } catch (GodwitException e) {
        freezer.letGo();
        if (e.code() != EngineError.WILL_NOT_STOP) {
          throw e;
        }
        // A vfork(2) in progress or a short wait for a disk: it may be over in a moment.
        last = e;
      } catch (RuntimeException e) {
        freezer.letGo();
        throw e;
      }
    }
    throw java.util.Objects.requireNonNull(last);
  }

  private FrozenTree run(List<Pid> roots) {
    List<Pid> running = tree(roots);
    EarlyLook early = EarlyLook.at(running);
    SleepWatch sleeps = SleepWatch.look(running);
    long since = System.nanoTime();
    for (int round = 0; round < EngineLimits.FREEZE_ROUNDS; round++) {
      List<Pid> pids = tree(roots);
      List<Stopping> fresh = new ArrayList<>();
      for (Pid pid : pids) {
        seizeNewThreads(pid, fresh);
      }
      if (fresh.isEmpty()) {
        return describe(pids, sleeps, early, since);
      }
      long deadline = System.nanoTime() + EngineLimits.STOP_TIMEOUT_NANOS;
      for (Stopping stopping : fresh) {
        awaitStop(stopping, deadline);
      }
      for (Stopping stopping : fresh) {
        leaveVdso(stopping, early, deadline);
      }
    }
    throw new GodwitException(
        EngineError.DOES_NOT_CONVERGE,
        "the tree of process " + roots.getFirst() + " cannot be frozen",
        "it makes new processes or threads faster than they can be stopped",
        "try again when it is calmer");
  }

  private record Stopping(Pid pid, Tid tid, Tracee tracee) {}

  /** The roots and their descendants, parents first, zombies left out. */
  private static List<Pid> tree(List<Pid> roots) {
    Set<Pid> found = new LinkedHashSet<>(roots);
    List<Pid> queue = new ArrayList<>(roots);
    for (int i = 0; i < queue.size(); i++) {
      for (Pid child : children(queue.get(i))) {
        if (found.add(child)) {
          queue.add(child);
        }
      }
    }
    queue.removeIf(Freezer::isZombie);
    return queue;
  }

  private static List<Pid> children(Pid pid) {
    try {
      return ProcFs.host().process(pid).children();
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ESRCH)) {
        return List.of(); // it ended in between
      }
      throw e;
    }
  }

  /** Whether the process has ended, with no thread of it left alive. */
  static boolean isZombie(Pid pid) {
    ProcTask task = ProcFs.host().process(pid);
    try {
      return task.stat().state() == TaskState.ZOMBIE && task.threads().size() <= 1;
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ESRCH)) {
        return true;
      }
      throw e;
    }
  }

  private void seizeNewThreads(Pid pid, List<Stopping> fresh) {
    Map<Tid, Stopped> known = seized.computeIfAbsent(pid, p -> new LinkedHashMap<>());
    List<Tid> tids;
    try {
      tids = ProcFs.host().process(pid).threads();
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ESRCH)) {
        return;
      }
      throw e;
    }
    for (Tid tid : tids) {
      if (known.containsKey(tid) || ended.contains(tid)) {
        continue;
      }
      try {
        Tracee tracee = tracer.seize(tid, OPTIONS);
        known.put(tid, new Stopped(tracee, 0));
        tracee.interrupt();
        fresh.add(new Stopping(pid, tid, tracee));
      } catch (LinuxException e) {
        explain(pid, tid, e);
      }
    }
  }

  private void explain(Pid pid, Tid tid, LinuxException failure) {
    TaskStatus status;
    try {
      status = ProcFs.host().process(pid).thread(tid).status();
    } catch (LinuxException gone) {
      ended.add(tid);
      return;
    }
    if (status.state() == TaskState.ZOMBIE || status.state() == TaskState.DEAD) {
      ended.add(tid);
      return;
    }
    if (status.tracer() != 0 && isOurs(status.tracer())) {
      throw new GodwitException(
          EngineError.WILL_NOT_STOP,
          "thread " + tid + " of process " + pid + " does not stop",
          "it has not stopped since the try before",
          "try again later; the process goes on undisturbed");
    }
    if (status.tracer() != 0) {
      throw new GodwitException(
          EngineError.ALREADY_TRACED,
          "process " + pid + " (" + status.name() + ") cannot be frozen",
          "process " + status.tracer() + " traces its thread " + tid,
          "end the debugger or tracer first");
    }
    throw new GodwitException(
        EngineError.NOT_PERMITTED,
        "process " + pid + " (" + status.name() + ") cannot be frozen",
        "the kernel does not let this user trace thread " + tid,
        "run as root or with CAP_SYS_PTRACE",
        failure);
  }

  private static boolean isOurs(int tid) {
    return ProcFs.host().self().threads().contains(new Tid(tid));
  }

  private void awaitStop(Stopping stopping, long deadline) {
    Map<Tid, Stopped> known = seized.getOrDefault(stopping.pid(), Map.of());
    Tracee tracee = stopping.tracee();
    if (tracee.isStopped()) {
      return; // it was waited for together with its parent
    }
    long slow = System.nanoTime() + EngineLimits.VFORK_LOOK_NANOS;
    List<Stopping> borne = List.of();
    while (true) {
      Optional<WaitStatus> status;
      try {
        long until = borne.isEmpty() && slow < deadline ? slow : deadline;
        status = tracee.await(Math.max(1, until - System.nanoTime()));
        if (status.isEmpty() && until == slow) {
          slow = deadline;
          borne = letVforkGoOn(stopping.pid());
          continue;
        }
      } catch (LinuxException e) {
        if (!e.is(Errno.ECHILD)) {
          throw e;
        }
        known.remove(stopping.tid());
        ended.add(stopping.tid());
        return;
      }
      if (status.isEmpty()) {
        throw willNotStop(stopping);
      }
      if (!status.get().stopped()) {
        known.remove(stopping.tid());
        ended.add(stopping.tid());
        return;
      }
      if (status.get().isEventStop()) {
        int signal = status.get().stopSignal();
        boolean jobControl = signal != io.godwit.linux.abi.Signals.SIGTRAP;
        known.put(stopping.tid(), new Stopped(tracee, jobControl ? signal : 0));
        for (Stopping child : borne) {
          child.tracee().interrupt();
          awaitStop(child, deadline);
        }
        return;
      }
      // A signal is about to be delivered: let that happen first, the event stop follows.
      tracee.resume(status.get().event() == 0 ? status.get().stopSignal() & 0x7f : 0);
    }
  }

  /** No thread is moved in the middle of reading a clock. */
  private void leaveVdso(Stopping stopping, EarlyLook early, long deadline) {
    Stopped stopped = seized.getOrDefault(stopping.pid(), Map.of()).get(stopping.tid());
    Tracee tracee = stopping.tracee();
    if (stopped == null || stopped.stopSignal() != 0 || !tracee.isStopped()) {
      return; // it has ended, or stands still by job control and must not take a step
    }
    Optional<AddressRange> vdso = early.vdso(stopping.pid());
    Optional<Integer> arrived =
        vdso.isEmpty() ? Optional.empty() : VdsoWalk.leave(tracee, stopping.pid(), vdso.get());
    if (arrived.isEmpty()) {
      return;
    }
    if (tracee.isStopped()) {
      // The event stop that is asked for comes before another instruction.
      tracee.interrupt();
      tracee.resume(arrived.get());
    } else if (!tracee.isGone()) {
      throw willNotStop(stopping);
    }
    awaitStop(stopping, deadline);
  }

  /**
   * A thread in vfork(2) does not stop before its child has started a program or ended, and the
   * child stands still: it may go on until then.
   */
  private List<Stopping> letVforkGoOn(Pid parent) {
    List<Stopping> borne = new ArrayList<>();
    for (Pid child : children(parent)) {
      for (Map.Entry<Tid, Stopped> thread : seized.getOrDefault(child, Map.of()).entrySet()) {
        Tracee tracee = thread.getValue().tracee();
        boolean byFreezeAlone = thread.getValue().stopSignal() == 0;
        if (byFreezeAlone && sharesMemory(parent, child) && isStanding(tracee)) {
          tracee.resume(0);
          borne.add(new Stopping(child, thread.getKey(), tracee));
        }
      }
    }
    return borne;
  }

  /** Whether it has stopped for the freeze alone; a stop of another kind is left to its turn. */
  private static boolean isStanding(Tracee tracee) {
    if (tracee.isStopped()) {
      return true;
    }
    Optional<WaitStatus> status = tracee.poll();
    if (status.isPresent() && status.get().stopped() && !status.get().isEventStop()) {
      tracee.resume(status.get().event() == 0 ? status.get().stopSignal() & 0x7f : 0);
      return false;
    }
    return tracee.isStopped();
  }

  private static boolean sharesMemory(Pid one, Pid other) {
    try {
      return Kcmp.same(Kcmp.Shared.MEMORY, one.number(), other.number());
    } catch (LinuxException e) {
      return false; // it has ended
    }
  }

  private static GodwitException willNotStop(Stopping stopping) {
    ProcTask task = ProcFs.host().process(stopping.pid()).thread(stopping.tid());
    String where;
    try {
      where = task.stat().state() + " in " + task.waitChannel();
    } catch (LinuxException e) {
      where = "gone";
    }
    boolean vfork = where.contains("vfork") || where.contains("kernel_clone");
    return new GodwitException(
        EngineError.WILL_NOT_STOP,
        "thread " + stopping.tid() + " of process " + stopping.pid() + " does not stop",
        vfork
            ? "it waits in vfork(2) for its child to start a program"
            : "it sleeps in the kernel where nothing can interrupt it (" + where + ")",
        "try again later; the process goes on undisturbed");
  }

  private FrozenTree describe(List<Pid> pids, SleepWatch sleeps, EarlyLook early, long since) {
    List<FrozenProcess> processes = new ArrayList<>();
    for (Pid pid : pids) {
      Map<Tid, Stopped> threads = seized.getOrDefault(pid, Map.of());
      if (!threads.isEmpty()) {
        processes.add(describe(pid, threads, sleeps, early));
      }
    }
    if (processes.isEmpty()) {
      throw new GodwitException(
          EngineError.ENDED_MEANWHILE,
          "there is nothing to freeze",
          "the process ended",
          "look whether it ended by itself");
    }
    return new FrozenTree(tracer, processes, external, since);
  }

  private static FrozenProcess describe(
      Pid pid, Map<Tid, Stopped> stopped, SleepWatch sleeps, EarlyLook early) {
    ProcTask proc = ProcFs.host().process(pid);
    TaskStatus status = proc.status();
    boolean nested = status.processIds().size() > 1;
    List<FrozenThread> threads = new ArrayList<>();
    stopped.forEach(
        (tid, s) -> {
          Registers registers = s.tracee().registers();
          threads.add(
              new FrozenThread(
                  tid,
                  nested ? early.podTid(pid, tid) : tid,
                  s.tracee(),
                  registers,
                  s.tracee().signalMask(),
                  sleeps.sleep(pid, tid, registers),
                  s.stopSignal()));
        });
    if (threads.stream().anyMatch(t -> t.registers().is32Bit())) {
      throw new GodwitException(
          EngineError.UNSUPPORTED_MODE,
          "process " + pid + " (" + status.name() + ") cannot be moved",
          "it is a 32-bit program",
          "use a 64-bit build of the program");
    }
    if (!threads.getFirst().hostTid().equals(pid.mainThread())) {
      throw new GodwitException(
          EngineError.NOT_MOVABLE,
          "process " + pid + " (" + status.name() + ") cannot be moved",
          "its main thread has ended while others go on",
          "wait until the program ends, or restart it");
    }
    List<MemoryMapping> mappings = proc.maps();
    Pid podPid = new Pid(status.processIds().getLast());
    return new FrozenProcess(
        pid,
        podPid,
        threads,
        mappings,
        early.flags(pid, mappings),
        early.gadget(pid, mappings).orElseGet(() -> gadget(pid, mappings)));
  }

  static long gadget(Pid pid, List<MemoryMapping> mappings) {
    for (MemoryMapping mapping : mappings) {
      if (mapping.path().equals("[vdso]")) {
        long start = mapping.range().start();
        byte[] code = RemoteMemory.of(pid).read(start, (int) mapping.range().length());
        int offset = VdsoImage.syscallOffset(code);
        if (offset >= 0) {
          return start + offset;
        }
      }
    }
    throw new GodwitException(
        EngineError.NOT_MOVABLE,
        "process " + pid + " cannot be examined",
        "it has no vDSO, in which injection begins",
        "leave the program its vDSO");
  }

  /**
   * Lets go what was seized so far. Nothing was changed in it. Those that stand still come first: a
   * thread that does not stop may wait for one of them, as the parent in vfork(2) for its child.
   */
  private void letGo() {
    List<Tracee> tracees = new ArrayList<>();
    for (Map<Tid, Stopped> threads : seized.values()) {
      threads.values().forEach(stopped -> tracees.add(stopped.tracee()));
    }
    List<Tracee> running = new ArrayList<>();
    for (Tracee tracee : tracees) {
      // That it stopped may not have been looked at yet.
      if (!letGo(tracee, 1)) {
        running.add(tracee);
      }
    }
    running.forEach(tracee -> letGo(tracee, EngineLimits.LET_GO_TIMEOUT_NANOS));
  }

  /** False if it did not stop in time. */
  private static boolean letGo(Tracee tracee, long nanos) {
    try {
      int signal = 0;
      if (!tracee.isStopped() && !tracee.isGone()) {
        // Detaching needs a stop; one that does not come now leaves when the tracer's thread ends.
        Optional<WaitStatus> status = tracee.await(nanos);
        if (status.isPresent() && status.get().stopped() && status.get().event() == 0) {
          signal = status.get().stopSignal() & 0x7f; // it was on its way to the thread
        }
      }
      if (tracee.isStopped()) {
        tracee.detach(signal);
        return true;
      }
      return tracee.isGone();
    } catch (LinuxException e) {
      if (!e.is(Errno.ESRCH) && !e.is(Errno.ECHILD)) {
        throw e;
      }
      return true;
    }
  }
}
