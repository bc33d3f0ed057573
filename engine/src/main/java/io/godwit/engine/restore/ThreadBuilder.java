package io.godwit.engine.restore;

import io.godwit.core.Tid;
import io.godwit.engine.kind.InjectedCalls;
import io.godwit.image.BlockedCall;
import io.godwit.image.Scheduling;
import io.godwit.image.ThreadImage;
import io.godwit.linux.Injector;
import io.godwit.linux.Registers;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.Tracee;
import io.godwit.linux.Tracer;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.ProcTask;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the threads of a process and gives each what the kernel keeps for it. */
final class ThreadBuilder {
  /** Scratch memory for the calls of one thread, in bytes. */
  private static final int ZONE = 4096;

  /** The most calls that set one thread up. */
  private static final int SET_UP_CALLS = 10;

  /** The calls that kinds gather for one thread have so much, in bytes. */
  private static final int CALL_ZONE = 16 << 10;

  /** So many threads make the calls of kinds at the same time. */
  static final int CALLS_AT_ONCE = (Injector.SCRATCH_SIZE - Injector.CODE_SIZE) / CALL_ZONE;

  private static final int CLONES_AT_ONCE = 2000;
  private static final int PR_SET_NAME = 15;
  private static final int PR_SET_TIMERSLACK = 29;
  private static final int SCHED_OTHER = 0;
  private static final int IOPRIO_CLASS_SHIFT = 13;
  private static final int RSEQ_CS = 8;

  private final Tracer tracer;
  private final RestoredProcess process;

  ThreadBuilder(Tracer tracer, RestoredProcess process) {
    this.tracer = tracer;
    this.process = process;
  }

  /** Makes all threads but the first, which the process already has. */
  void makeThreads() {
    List<ThreadImage> images = process.image().threads();
    List<ThreadImage> others = images.subList(1, images.size());
    for (int from = 0; from < others.size(); from += CLONES_AT_ONCE) {
      List<ThreadImage> part = others.subList(from, Math.min(others.size(), from + CLONES_AT_ONCE));
      SyscallBatch batch = process.injector().batch();
      List<SyscallBatch.Call> calls = new ArrayList<>();
      for (ThreadImage image : part) {
        calls.add(Clone.add(batch, image.tid().number(), Clone.THREAD, 0));
      }
      process.injector().run(batch);
      for (int i = 0; i < part.size(); i++) {
        Clone.check(calls.get(i), part.get(i).tid().number());
      }
    }
    if (!others.isEmpty()) {
      adopt(others);
    }
  }

  private void adopt(List<ThreadImage> others) {
    Map<Tid, Tid> hostByPod = hostTids();
    List<Tracee> tracees = new ArrayList<>();
    for (ThreadImage image : others) {
      Tid host = java.util.Objects.requireNonNull(hostByPod.getOrDefault(image.tid(), image.tid()));
      tracees.add(tracer.adopt(host));
    }
    for (int i = 0; i < tracees.size(); i++) {
      TreeBuilder.awaitBirth(tracees.get(i));
      Injector injector =
          Injector.over(tracees.get(i), process.memory(), process.injector().scratch());
      process
          .threads()
          .add(
              new RestoredThread(
                  others.get(i),
                  tracees.get(i),
                  injector,
                  new InjectedCalls(() -> injector, i % CALLS_AT_ONCE * CALL_ZONE, CALL_ZONE)));
    }
  }

  /** The numbers here of the threads; empty when they have the same numbers here. */
  private Map<Tid, Tid> hostTids() {
    Map<Tid, Tid> hostByPod = new HashMap<>();
    ProcTask task = ProcFs.host().process(process.hostPid());
    if (task.status().processIds().size() > 1) {
      for (Tid tid : task.threads()) {
        hostByPod.put(new Tid(task.thread(tid).status().processIds().getLast()), tid);
      }
    }
    return hostByPod;
  }

  /**
   * Registers in each thread what it had registered; all threads at once, each in its own zone, but
   * for the first: its calls are made with those of the process that come next.
   */
  void setUp() {
    Injector first = process.injector();
    int atOnce = ((int) first.scratch().length() - Injector.CODE_SIZE) / ZONE;
    List<RestoredThread> threads = process.threads();
    fill(process.calls().room(SET_UP_CALLS, ZONE), threads.getFirst().image());
    for (int from = 1; from < threads.size(); from += atOnce) {
      List<RestoredThread> part = threads.subList(from, Math.min(threads.size(), from + atOnce));
      List<SyscallBatch> batches = new ArrayList<>();
      for (int i = 0; i < part.size(); i++) {
        SyscallBatch batch = part.get(i).injector().batch(i * ZONE, ZONE);
        fill(batch, part.get(i).image());
        part.get(i).injector().start(batch);
        batches.add(batch);
      }
      for (int i = 0; i < part.size(); i++) {
        part.get(i).injector().finish(batches.get(i));
      }
    }
  }

  private static void fill(SyscallBatch batch, ThreadImage image) {
    byte[] name = Arrays.copyOf(image.name().getBytes(StandardCharsets.UTF_8), 16);
    batch.add(Syscall.PRCTL, PR_SET_NAME, batch.data(name));
    batch.add(Syscall.SET_TID_ADDRESS, image.clearChildTid());
    image
        .robustList()
        .ifPresent(list -> batch.add(Syscall.SET_ROBUST_LIST, list.head(), list.length()));
    image
        .restartableSequence()
        .ifPresent(r -> batch.add(Syscall.RSEQ, r.address(), r.size(), r.flags(), r.signature()));
    image
        .alternateStack()
        .ifPresent(
            stack ->
                batch.add(
                    Syscall.SIGALTSTACK,
                    batch.words(stack.address(), stack.flags() & 0xffff_ffffL, stack.size()),
                    0));
    schedule(batch, image.scheduling());
  }

  private static void schedule(SyscallBatch batch, Scheduling scheduling) {
    if (scheduling.policy() != SCHED_OTHER) {
      batch.add(
          Syscall.SCHED_SETSCHEDULER, 0, scheduling.policy(), batch.words(scheduling.priority()));
    }
    // Whatever it is: who builds it hurries, and its threads are born with the builder's value.
    batch.add(Syscall.SETPRIORITY, 0, 0, scheduling.nice());
    if (!scheduling.affinity().isEmpty()) {
      byte[] mask = scheduling.affinity().toArray();
      // A machine with fewer processors has none of those: the thread then runs on all.
      batch.add(Syscall.SCHED_SETAFFINITY, 0, mask.length, batch.data(mask)).mayFail();
    }
    if (scheduling.ioPriority() >>> IOPRIO_CLASS_SHIFT != 0) {
      batch.add(Syscall.IOPRIO_SET, 1, 0, scheduling.ioPriority());
    }
    if (scheduling.timerSlackNanos() > 0) {
      batch.add(Syscall.PRCTL, PR_SET_TIMERSLACK, scheduling.timerSlackNanos());
    }
  }

  /** Gives a thread its registers; it makes no further injected call. */
  void finish(RestoredThread thread) {
    ThreadImage image = thread.image();
    Tracee tracee = thread.tracee();
    image
        .registers()
        .set(io.godwit.image.Registers.X86_XSTATE)
        .ifPresent(state -> tracee.setExtendedState(state.toArray()));
    tracee.setSignalMask(image.signalMask().bits());
    tracee.setRegisters(leaveSequence(image, finalRegisters(image)));
  }

  /** Begins the waits of which a part has passed; before the scratch area goes. */
  void beginWaits() {
    for (RestoredThread thread : process.threads()) {
      if (thread.image().blockedCall() instanceof BlockedCall.Remaining remaining) {
        new InterruptedWait(thread, remaining)
            .begin()
            .ifPresent(r -> waits.put(thread.image().tid(), r));
      }
    }
  }

  private final Map<Tid, Registers> waits = new HashMap<>();

  private Registers finalRegisters(ThreadImage image) {
    Registers registers = Registers.of(image.registers().general().toArray());
    return switch (image.blockedCall()) {
      case BlockedCall.None none -> registers.outOfSyscall();
      case BlockedCall.Restart restart -> restarted(registers);
      case BlockedCall.Remaining remaining ->
          waits.getOrDefault(image.tid(), registers.callAgain());
    };
  }

  /**
   * Of ERESTARTSYS and its like the kernel takes care itself when the thread leaves its stop: it
   * begins the call again, or lets it end with EINTR if a signal has come.
   */
  private static Registers restarted(Registers registers) {
    long error = -registers.result();
    boolean byKernel = error == 512 || error == 513 || error == 514;
    return byKernel && registers.inSyscall() && error != Errno.EINTR.number()
        ? registers
        : registers.callAgain();
  }

  /**
   * A thread that was stopped inside a restartable sequence (rseq(2)) goes on at its abort handler,
   * as after any preemption: the kernel has forgotten the sequence with the registration.
   */
  private Registers leaveSequence(ThreadImage image, Registers registers) {
    if (image.restartableSequence().isEmpty()) {
      return registers;
    }
    ThreadImage.RestartableSequence area = image.restartableSequence().get();
    Long descriptor = sequences.get(image.tid());
    if (area.address() == 0 || descriptor == null || descriptor == 0) {
      return registers;
    }
    ByteBuffer cs =
        ByteBuffer.wrap(process.memory().read(descriptor, 32)).order(ByteOrder.nativeOrder());
    long start = cs.getLong(8);
    long offset = registers.instructionPointer() - start;
    return offset >= 0 && offset < cs.getLong(16)
        ? registers.withInstructionPointer(cs.getLong(24))
        : registers;
  }

  private final Map<Tid, Long> sequences = new HashMap<>();

  /** Notes which sequences the threads were in, before registering clears that. */
  void noteSequences() {
    for (ThreadImage image : process.image().threads()) {
      image
          .restartableSequence()
          .ifPresent(
              area ->
                  sequences.put(image.tid(), process.memory().readLong(area.address() + RSEQ_CS)));
    }
  }
}
