package io.godwit.linux;

import io.godwit.core.AddressRange;
import io.godwit.linux.abi.Architecture;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Signals;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.WaitStatus;
import io.godwit.linux.abi.X86_64Code;
import java.util.Optional;

/**
 * Makes system calls inside a stopped thread of another process. It maps a scratch area there
 * (code, then the zone for batches), and undoes every trace of itself with {@link #close}:
 * registers, signal mask, scratch. All methods belong to the tracer's thread. One injector for a
 * thread at a time; several threads of a process may share the scratch, each with its own zone.
 */
public final class Injector implements AutoCloseable {
  /** Size of the scratch area that is mapped when nothing else is asked for, in bytes. */
  public static final int SCRATCH_SIZE = 1 << 20;

  /** Bytes at the start of the scratch area that hold the code. */
  public static final int CODE_SIZE = 4096;

  private static final int PROT_RWX = 7;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MAP_FIXED_NOREPLACE = 0x100000;
  private static final long CALL_TIMEOUT_NANOS = 60_000_000_000L;
  private static final int UNEXPECTED_STOPS = 64;

  private final Tracee tracee;
  private final RemoteMemory memory;
  private final Registers original;
  private final long originalMask;
  private AddressRange scratch;
  private boolean ownsScratch;
  private boolean closed;
  private boolean resting;
  private int stopSignal;

  private Injector(Tracee tracee, RemoteMemory memory) {
    this.tracee = tracee;
    this.memory = memory;
    this.original = tracee.registers();
    this.originalMask = tracee.signalMask();
    this.scratch = new AddressRange(0, 0);
  }

  /**
   * Prepares a stopped thread for injection by mapping a scratch area of {@link #SCRATCH_SIZE}.
   *
   * @param gadget address of a {@code syscall} instruction in its memory, see {@link VdsoImage}
   * @param address where the scratch area must be, or 0 for wherever there is room
   */
  public static Injector open(Tracee tracee, RemoteMemory memory, long gadget, long address) {
    Injector injector = new Injector(tracee, memory);
    injector.blockSignals();
    try {
      long base =
          injector.single(
              gadget,
              Syscall.MMAP,
              address,
              SCRATCH_SIZE,
              PROT_RWX,
              MAP_PRIVATE_ANONYMOUS | (address == 0 ? 0 : MAP_FIXED_NOREPLACE),
              -1,
              0);
      LinuxException.check(base, Syscall.MMAP, "scratch area in thread " + tracee.tid());
      injector.scratch = new AddressRange(base, base + SCRATCH_SIZE);
      injector.ownsScratch = true;
      memory.write(base, X86_64Code.walker());
      return injector;
    } catch (RuntimeException e) {
      injector.close();
      throw e;
    }
  }

  /** Uses a scratch area that is mapped and has its code, as in the child of a clone. */
  public static Injector over(Tracee tracee, RemoteMemory memory, AddressRange scratch) {
    Injector injector = new Injector(tracee, memory);
    injector.scratch = scratch;
    injector.blockSignals();
    return injector;
  }

  /**
   * A second injector in the same thread, with a scratch area of its own at a chosen address, for
   * stubs that are cloned and need theirs there. This one makes no call meanwhile; {@link
   * #closeSibling} ends it.
   */
  public Injector sibling(long address) {
    SyscallBatch batch = batch();
    batch.add(
        Syscall.MMAP,
        address,
        SCRATCH_SIZE,
        PROT_RWX,
        MAP_PRIVATE_ANONYMOUS | MAP_FIXED_NOREPLACE,
        -1,
        0);
    run(batch);
    memory.write(address, X86_64Code.walker());
    return over(tracee, memory, new AddressRange(address, address + SCRATCH_SIZE));
  }

  /**
   * Ends what {@link #sibling} gave, by calls in the one that it was made with.
   *
   * @param descriptor of the thread, to be closed with it
   */
  public void closeSibling(Injector first, int descriptor) {
    closed = true;
    if (tracee.isGone()) {
      return;
    }
    SyscallBatch batch = first.batch();
    batch.add(Syscall.CLOSE, descriptor).mayFail();
    batch.add(Syscall.MUNMAP, scratch.start(), scratch.length());
    first.run(batch);
  }

  private void blockSignals() {
    // A blocked SIGTRAP would make the kernel reset its action when the walker ends.
    tracee.setSignalMask(~Signals.bit(Signals.SIGTRAP));
  }

  public Tracee tracee() {
    return tracee;
  }

  public RemoteMemory memory() {
    return memory;
  }

  /** The scratch area; it does not belong to the process. */
  public AddressRange scratch() {
    return scratch;
  }

  /** Address of a {@code syscall; int3} in the scratch area. */
  public long gadget() {
    return scratch.start() + X86_64Code.GADGET;
  }

  /** The registers that the thread had when the injector was opened. */
  public Registers original() {
    return original;
  }

  /** The signal mask that the thread had when the injector was opened. */
  public long originalMask() {
    return originalMask;
  }

  /** An empty batch over the whole zone. */
  public SyscallBatch batch() {
    return batch(0, (int) scratch.length() - CODE_SIZE);
  }

  /** An empty batch over a part of the zone, for threads that share the scratch area. */
  public SyscallBatch batch(int offset, int size) {
    return new SyscallBatch(scratch.start() + CODE_SIZE + offset, size);
  }

  /** Makes the calls. A call that must succeed and does not ends the batch with LinuxException. */
  public void run(SyscallBatch batch) {
    start(batch);
    finish(batch);
  }

  /** Sets a batch off without waiting; several threads can be at work at once. */
  public void start(SyscallBatch batch) {
    wake();
    batch.writeTo(memory);
    tracee.setRegisters(
        original.forWalker(scratch.start() + X86_64Code.WALKER, batch.base(), batch.count()));
    tracee.resume();
  }

  /** Waits for a batch that was set off. */
  public void finish(SyscallBatch batch) {
    awaitTrap();
    long remaining = tracee.registers().walkerRemaining();
    batch.readFrom(memory);
    batch.complete(remaining, "thread " + tracee.tid());
  }

  /** Makes one call and gives back its result or -errno. Prefer a batch for more than one. */
  public long call(Syscall call, long... arguments) {
    wake();
    tracee.setRegisters(
        original.forSyscall(gadget(), Architecture.current().number(call), arguments));
    tracee.resume();
    awaitTrap();
    return tracee.registers().result();
  }

  /** As {@link #call}, throwing LinuxException when it fails. */
  public long check(Syscall call, String on, long... arguments) {
    return LinuxException.check(call(call, arguments), call, on);
  }

  private void awaitTrap() {
    for (int i = 0; i < UNEXPECTED_STOPS; i++) {
      WaitStatus status = awaitStop();
      if (status.event() == 0 && status.stopSignal() == Signals.SIGTRAP) {
        return;
      }
      swallow(status);
      tracee.resume();
    }
    throw new LinuxException(Errno.EIO.number(), Syscall.PTRACE, "endless stops of " + tracee);
  }

  /** One call through an instruction that may be followed by anything: stops at entry and exit. */
  private long single(long gadget, Syscall call, long... arguments) {
    wake();
    tracee.setRegisters(
        original.forSyscall(gadget, Architecture.current().number(call), arguments));
    awaitSyscallStop();
    awaitSyscallStop();
    return tracee.registers().result();
  }

  private void awaitSyscallStop() {
    for (int i = 0; i < UNEXPECTED_STOPS; i++) {
      tracee.resumeToSyscall();
      WaitStatus status = awaitStop();
      if (status.isSyscallStop()) {
        return;
      }
      swallow(status);
    }
    throw new LinuxException(Errno.EIO.number(), Syscall.PTRACE, "endless stops of " + tracee);
  }

  /** SIGSTOP cannot be blocked: its delivery is kept for the end. */
  private void swallow(WaitStatus status) {
    if (status.event() == 0 && status.stopSignal() != Signals.SIGTRAP) {
      if (status.stopSignal() != Signals.SIGSTOP) {
        throw new LinuxException(
            Errno.EFAULT.number(),
            Syscall.PTRACE,
            "thread %s met signal %d during injection, %s"
                .formatted(tracee.tid(), status.stopSignal(), tracee.registers()));
      }
      stopSignal = status.stopSignal();
    }
  }

  private WaitStatus awaitStop() {
    Optional<WaitStatus> status = tracee.await(CALL_TIMEOUT_NANOS);
    if (status.isEmpty()) {
      throw new LinuxException(
          Errno.ETIMEDOUT.number(), Syscall.PTRACE, "injected call in thread " + tracee.tid());
    }
    if (!status.get().stopped()) {
      throw new LinuxException(
          Errno.ESRCH.number(), Syscall.PTRACE, "thread " + tracee.tid() + " " + status.get());
    }
    return status.get();
  }

  /** A SIGSTOP that arrived during injection and was held back, or 0; the caller sends it again. */
  public int heldSignal() {
    return stopSignal;
  }

  /** Makes this injector unmap the scratch area when it closes. */
  public void ownScratch() {
    ownsScratch = true;
  }

  /** Leaves the scratch area mapped when this injector closes: the caller takes care of it. */
  public void releaseScratch() {
    ownsScratch = false;
  }

  /**
   * Puts registers and signal mask back between injections and stands at a stop from which the
   * thread goes on undisturbed should the tracer die: the kernel lets go of it then. At the stop
   * that ends a batch it would be given a SIGTRAP instead. The scratch area stays.
   */
  public void rest() {
    beginRest();
    endRest();
  }

  /** The first half of {@link #rest}, so that several threads can be on their way at once. */
  public void beginRest() {
    if (canRest()) {
      tracee.setRegisters(original.outOfSyscall());
      tracee.interrupt();
      tracee.resume();
    }
  }

  /** The second half. */
  public void endRest() {
    if (canRest()) {
      awaitEventStop();
      restore();
      resting = true;
    }
  }

  private boolean canRest() {
    return !closed && !resting && !tracee.isGone();
  }

  private void wake() {
    if (resting) {
      resting = false;
      blockSignals();
    }
  }

  /** Unmaps the scratch area if this injector mapped it, and restores registers and signal mask. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (tracee.isGone()) {
      return;
    }
    try {
      if (ownsScratch) {
        // The code unmaps itself: the exit stop comes before the next instruction.
        long result = single(gadget(), Syscall.MUNMAP, scratch.start(), scratch.length());
        LinuxException.check(result, Syscall.MUNMAP, "scratch area of thread " + tracee.tid());
        leaveSyscallStop();
      }
    } finally {
      restore();
    }
  }

  /**
   * Goes from the exit stop of a call to an event stop. Only from there does the kernel look
   * whether the call that the original registers show has to be restarted, or ends with EINTR
   * because a signal has come meanwhile.
   */
  private void leaveSyscallStop() {
    tracee.setRegisters(original.outOfSyscall());
    tracee.interrupt();
    tracee.resume();
    awaitEventStop();
  }

  private void awaitEventStop() {
    for (int i = 0; i < UNEXPECTED_STOPS; i++) {
      WaitStatus status = awaitStop();
      if (status.isEventStop()) {
        return;
      }
      swallow(status);
      tracee.resume();
    }
    throw new LinuxException(Errno.EIO.number(), Syscall.PTRACE, "endless stops of " + tracee);
  }

  private void restore() {
    if (!tracee.isGone() && tracee.isStopped()) {
      tracee.setRegisters(original);
      tracee.setSignalMask(originalMask);
    }
  }
}
