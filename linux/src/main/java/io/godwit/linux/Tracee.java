package io.godwit.linux;

import io.godwit.core.Tid;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Ptrace;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.WaitStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One traced thread. All methods belong to the thread of its {@link Tracer}. States: running,
 * stopped (requests for registers and the like are possible), gone.
 */
public final class Tracee {
  /** Size of the kernel's siginfo_t in bytes. */
  public static final int SIGINFO_SIZE = 128;

  /** The largest extended processor state that is asked for, in bytes. */
  private static final int MAX_XSTATE = 64 << 10;

  private static final int SPINS = 100;
  private static final long FIRST_PAUSE_NANOS = 5_000;
  private static final long LONGEST_PAUSE_NANOS = 1_000_000;
  private static final int SIGINFO_BATCH = 32;

  private static final ThreadLocal<NativeBuffer> BUFFER =
      ThreadLocal.withInitial(() -> NativeBuffer.allocate(MAX_XSTATE + 4096));

  private final Tracer tracer;
  private final Tid tid;
  private boolean stopped;
  private boolean gone;

  private Tracee(Tracer tracer, Tid tid) {
    this.tracer = tracer;
    this.tid = tid;
  }

  static Tracee seize(Tracer tracer, Tid tid, long options) {
    Tracee tracee = new Tracee(tracer, tid);
    tracee.request(Ptrace.SEIZE, 0, options, "PTRACE_SEIZE");
    return tracee;
  }

  static Tracee adopted(Tracer tracer, Tid tid) {
    return new Tracee(tracer, tid);
  }

  public Tid tid() {
    return tid;
  }

  public Tracer tracer() {
    return tracer;
  }

  public boolean isStopped() {
    return stopped;
  }

  /** True when the thread has ended. */
  public boolean isGone() {
    return gone;
  }

  /** Asks the thread to stop (PTRACE_INTERRUPT); {@link #await} tells when it has. */
  public void interrupt() {
    request(Ptrace.INTERRUPT, 0, 0, "PTRACE_INTERRUPT");
  }

  /** Looks for a change of state without waiting. */
  public Optional<WaitStatus> poll() {
    tracer.requireCurrent();
    NativeBuffer buffer = BUFFER.get();
    long result =
        Kernel.call(
            Syscall.WAIT4,
            tid.number(),
            buffer.address(),
            WaitStatus.WALL | WaitStatus.WNOTHREAD | WaitStatus.WNOHANG,
            0);
    if (result == 0 || result == -Errno.EINTR.number()) {
      return Optional.empty();
    }
    if (result == -Errno.ECHILD.number()) {
      gone = true;
    }
    LinuxException.check(result, Syscall.WAIT4, "thread " + tid);
    WaitStatus status = new WaitStatus(buffer.getInt(0));
    stopped = status.stopped();
    gone = !stopped;
    return Optional.of(status);
  }

  /**
   * Waits for a change of state.
   *
   * @param timeoutNanos how long at most; empty when it passes
   */
  public Optional<WaitStatus> await(long timeoutNanos) {
    long deadline = System.nanoTime() + timeoutNanos;
    long pause = FIRST_PAUSE_NANOS;
    for (int round = 0; ; round++) {
      Optional<WaitStatus> status = poll();
      if (status.isPresent()) {
        return status;
      }
      if (round < SPINS) {
        Kernel.call(Syscall.SCHED_YIELD);
        continue;
      }
      if (System.nanoTime() >= deadline) {
        return Optional.empty();
      }
      Tracer.pause(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_NANOS);
    }
  }

  public Registers registers() {
    NativeBuffer buffer = BUFFER.get();
    request(Ptrace.GETREGS, 0, buffer.address(), "PTRACE_GETREGS");
    return Registers.read(buffer.bytes().clear());
  }

  public void setRegisters(Registers registers) {
    NativeBuffer buffer = BUFFER.get();
    registers.write(buffer.bytes().clear());
    request(Ptrace.SETREGS, 0, buffer.address(), "PTRACE_SETREGS");
  }

  /** The extended state (FPU, SSE, AVX and so on) in the XSAVE format; its size is the CPU's. */
  public byte[] extendedState() {
    NativeBuffer buffer = BUFFER.get();
    buffer.putLong(0, buffer.address() + 4096).putLong(8, MAX_XSTATE);
    request(Ptrace.GETREGSET, Ptrace.NT_X86_XSTATE, buffer.address(), "PTRACE_GETREGSET xstate");
    byte[] state = new byte[(int) buffer.getLong(8)];
    buffer.bytes().get(4096, state);
    return state;
  }

  public void setExtendedState(byte[] state) {
    if (state.length > MAX_XSTATE) {
      throw new IllegalArgumentException("extended state of " + state.length + " bytes");
    }
    NativeBuffer buffer = BUFFER.get();
    buffer.bytes().put(4096, state);
    buffer.putLong(0, buffer.address() + 4096).putLong(8, state.length);
    request(Ptrace.SETREGSET, Ptrace.NT_X86_XSTATE, buffer.address(), "PTRACE_SETREGSET xstate");
  }

  /** The blocked signals; inside a call that swaps the mask, the mask it will put back. */
  public long signalMask() {
    NativeBuffer buffer = BUFFER.get();
    request(Ptrace.GETSIGMASK, 8, buffer.address(), "PTRACE_GETSIGMASK");
    return buffer.getLong(0);
  }

  public void setSignalMask(long mask) {
    NativeBuffer buffer = BUFFER.get();
    buffer.putLong(0, mask);
    request(Ptrace.SETSIGMASK, 8, buffer.address(), "PTRACE_SETSIGMASK");
  }

  /** The siginfo of the signal at whose delivery the thread stopped. */
  public byte[] signalInfo() {
    NativeBuffer buffer = BUFFER.get();
    request(Ptrace.GETSIGINFO, 0, buffer.address(), "PTRACE_GETSIGINFO");
    byte[] info = new byte[SIGINFO_SIZE];
    buffer.bytes().get(0, info);
    return info;
  }

  /**
   * The queued signals, each as a siginfo_t of 128 bytes, without taking them.
   *
   * @param shared the process's queue instead of the thread's
   */
  public List<byte[]> pendingSignals(boolean shared) {
    NativeBuffer buffer = BUFFER.get();
    List<byte[]> found = new ArrayList<>();
    while (true) {
      // struct ptrace_peeksiginfo_args: u64 off; u32 flags; s32 nr
      buffer.putLong(0, found.size());
      buffer.putInt(8, shared ? Ptrace.PEEKSIGINFO_SHARED : 0).putInt(12, SIGINFO_BATCH);
      long count =
          request(
              Ptrace.PEEKSIGINFO, buffer.address(), buffer.address() + 4096, "PTRACE_PEEKSIGINFO");
      for (int i = 0; i < count; i++) {
        byte[] info = new byte[SIGINFO_SIZE];
        buffer.bytes().get(4096 + i * SIGINFO_SIZE, info);
        found.add(info);
      }
      if (count < SIGINFO_BATCH) {
        return found;
      }
    }
  }

  /** The registration of restartable sequences (rseq(2)), empty where there is none. */
  public Optional<RseqConfiguration> rseqConfiguration() {
    NativeBuffer buffer = BUFFER.get();
    tracer.requireCurrent();
    long result = Ptrace.request(Ptrace.GET_RSEQ_CONFIGURATION, tid.number(), 24, buffer.address());
    if (result < 0) {
      return Optional.empty();
    }
    RseqConfiguration found =
        new RseqConfiguration(
            buffer.getLong(0), buffer.getInt(8), buffer.getInt(12), buffer.getInt(16));
    return found.address() == 0 ? Optional.empty() : Optional.of(found);
  }

  /** struct ptrace_rseq_configuration. */
  public record RseqConfiguration(long address, int size, int signature, int flags) {}

  /** Number that goes with the event stop (PTRACE_GETEVENTMSG), a new thread's id for instance. */
  public long eventMessage() {
    NativeBuffer buffer = BUFFER.get();
    request(Ptrace.GETEVENTMSG, 0, buffer.address(), "PTRACE_GETEVENTMSG");
    return buffer.getLong(0);
  }

  public void setOptions(long options) {
    request(Ptrace.SETOPTIONS, 0, options, "PTRACE_SETOPTIONS");
  }

  /** Lets it run. */
  public void resume() {
    resume(Ptrace.CONT, 0);
  }

  /** Lets it run, delivering a signal. */
  public void resume(int signal) {
    resume(Ptrace.CONT, signal);
  }

  /** Lets it run to the next entry to or exit from a system call. */
  public void resumeToSyscall() {
    resume(Ptrace.SYSCALL, 0);
  }

  /** Lets it carry out one instruction; it stops with SIGTRAP behind it. */
  public void step() {
    resume(Ptrace.SINGLESTEP, 0);
  }

  /** Lets a group-stopped thread stay stopped but report what happens to it (PTRACE_LISTEN). */
  public void listen() {
    resume(Ptrace.LISTEN, 0);
  }

  private void resume(int how, int signal) {
    request(how, 0, signal, how == Ptrace.SYSCALL ? "PTRACE_SYSCALL" : "PTRACE_CONT");
    stopped = false;
    tracer.countResume();
  }

  /** Lets it go; it runs on unless its group is stopped. */
  public void detach(int signal) {
    request(Ptrace.DETACH, 0, signal, "PTRACE_DETACH");
    stopped = false;
  }

  private long request(int request, long address, long data, String name) {
    tracer.requireCurrent();
    long result = Ptrace.request(request, tid.number(), address, data);
    return LinuxException.check(result, Syscall.PTRACE, name + " " + tid);
  }

  @Override
  public String toString() {
    return "tracee " + tid;
  }
}
