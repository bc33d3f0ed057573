package io.godwit.linux;

import io.godwit.core.AddressRange;
import io.godwit.core.Pid;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.NativeBuffer;
import io.godwit.linux.abi.Ptrace;
import io.godwit.linux.abi.Signals;
import io.godwit.linux.abi.Spawn;
import io.godwit.linux.abi.StubElf;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.abi.WaitStatus;
import io.godwit.linux.abi.X86_64Code;

/**
 * A process that does nothing but carry out injected system calls, until it has become another one.
 * It is a child of this process, dies with it (PTRACE_O_EXITKILL), and has no open descriptor.
 */
public final class Stub implements AutoCloseable {
  private static final int MFD_CLOEXEC = 1;
  private static final long START_TIMEOUT_NANOS = 10_000_000_000L;

  /** The options under which processes that are being built are traced. */
  public static final long TRACE_OPTIONS = Ptrace.O_TRACESYSGOOD | Ptrace.O_EXITKILL;

  private final Pid pid;
  private final Tracee tracee;
  private final Injector injector;

  private Stub(Pid pid, Tracee tracee, Injector injector) {
    this.pid = pid;
    this.tracee = tracee;
    this.injector = injector;
  }

  /**
   * Starts a stub whose scratch area is wherever there is room. Call on the tracer's thread.
   *
   * @see #start(Tracer, long, int)
   */
  public static Stub start(Tracer tracer) {
    return start(tracer, 0, -1);
  }

  /**
   * Starts a stub. Call on the tracer's thread.
   *
   * @param scratch the address of its scratch area, or 0 for wherever there is room
   * @param inherited the only descriptor that it keeps, under the same number, or -1 for none
   */
  public static Stub start(Tracer tracer, long scratch, int inherited) {
    tracer.requireCurrent();
    Pid pid = spawn(inherited);
    Tracee tracee = tracer.seize(pid.mainThread(), TRACE_OPTIONS);
    try {
      tracee.interrupt();
      WaitStatus status =
          tracee
              .await(START_TIMEOUT_NANOS)
              .orElseThrow(() -> new IllegalStateException("stub " + pid + " does not stop"));
      if (!status.stopped()) {
        throw new IllegalStateException("stub " + pid + " " + status);
      }
      Injector injector =
          Injector.open(
              tracee,
              RemoteMemory.of(pid),
              StubElf.BASE + StubElf.CODE + X86_64Code.GADGET,
              scratch);
      // From now on it runs in the scratch area alone, so that its program file can be replaced.
      SyscallBatch first = injector.batch();
      first.add(Syscall.MUNMAP, StubElf.BASE, 4096);
      if (inherited > 0) {
        first.add(Syscall.CLOSE_RANGE, 0, inherited - 1L, 0);
      }
      first.add(Syscall.CLOSE_RANGE, inherited + 1L, 0xffff_ffffL, 0);
      injector.run(first);
      return new Stub(pid, tracee, injector);
    } catch (RuntimeException e) {
      kill(pid, tracee);
      throw e;
    }
  }

  private static Pid spawn(int inherited) {
    NativeBuffer name = NativeBuffer.ofString("godwit-stub");
    long fd = Kernel.call(Syscall.MEMFD_CREATE, name.address(), MFD_CLOEXEC);
    LinuxException.check(fd, Syscall.MEMFD_CREATE, "godwit-stub");
    try {
      byte[] elf = StubElf.bytes();
      NativeBuffer bytes = NativeBuffer.allocate(elf.length);
      bytes.bytes().put(0, elf);
      long written = Kernel.call(Syscall.WRITE, fd, bytes.address(), elf.length);
      LinuxException.check(written, Syscall.WRITE, "godwit-stub");
      // Not /proc/self: in the child the descriptor is closed by the time it executes the file.
      String path = "/proc/" + ProcessHandle.current().pid() + "/fd/" + fd;
      int pid = Spawn.spawn(path, inherited, "godwit-stub");
      LinuxException.check(pid, Syscall.EXECVE, "godwit-stub");
      return new Pid(pid);
    } finally {
      Kernel.call(Syscall.CLOSE, fd);
    }
  }

  public Pid pid() {
    return pid;
  }

  public Tracee tracee() {
    return tracee;
  }

  public Injector injector() {
    return injector;
  }

  /** The memory that keeps the stub alive; everything else of it may be unmapped. */
  public AddressRange scratch() {
    return injector.scratch();
  }

  /** Kills and reaps it. Call on the tracer's thread. */
  @Override
  public void close() {
    kill(pid, tracee);
  }

  private static void kill(Pid pid, Tracee tracee) {
    if (tracee.isGone()) {
      return;
    }
    Kernel.call(Syscall.KILL, pid.number(), Signals.SIGKILL);
    while (!tracee.isGone() && tracee.await(START_TIMEOUT_NANOS).isPresent()) {
      // Stops that were on their way come first; the last status is its end.
    }
  }
}
