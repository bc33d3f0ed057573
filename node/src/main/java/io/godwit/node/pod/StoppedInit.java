package io.godwit.node.pod;

import io.godwit.core.Pid;
import io.godwit.linux.Fd;
import io.godwit.linux.Injector;
import io.godwit.linux.LinuxException;
import io.godwit.linux.RemoteMemory;
import io.godwit.linux.Tracee;
import io.godwit.linux.Tracer;
import io.godwit.linux.VdsoImage;
import io.godwit.linux.abi.Ptrace;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.ProcessHandles;
import io.godwit.linux.proc.MemoryMapping;
import io.godwit.linux.proc.ProcFs;

/**
 * A pod's init, held still while processes are made below it. It goes on as it was found, and would
 * go on as well if this daemon died.
 */
final class StoppedInit implements AutoCloseable {
  private static final long STOP_NANOS = 10_000_000_000L;
  private static final int SIGKILL = 9;
  private static final int WAIT_ALL = 0x40000000; // __WALL
  private static final int CODE_BYTES = 64 << 10;

  private final Tracee tracee;
  private final Injector injector;
  private boolean closed;

  private StoppedInit(Tracee tracee, Injector injector) {
    this.tracee = tracee;
    this.injector = injector;
  }

  /** Stops it. Call on the tracer's thread, as for everything here. */
  static StoppedInit stop(Tracer tracer, Pid init) {
    Tracee tracee = tracer.seize(init.mainThread(), Ptrace.O_TRACESYSGOOD);
    try {
      tracee.interrupt();
      if (tracee.await(STOP_NANOS).isEmpty()) {
        throw new IllegalStateException("the init " + init + " does not stop");
      }
      RemoteMemory memory = RemoteMemory.of(init);
      return new StoppedInit(tracee, Injector.open(tracee, memory, gadget(init, memory), 0));
    } catch (RuntimeException failed) {
      tracee.detach(0);
      throw failed;
    }
  }

  private static long gadget(Pid init, RemoteMemory memory) {
    for (MemoryMapping mapping : ProcFs.host().process(init).maps()) {
      if (mapping.path().equals("[vdso]")) {
        byte[] code;
        try {
          code =
              memory.read(
                  mapping.range().start(), (int) Math.min(mapping.range().length(), CODE_BYTES));
        } catch (LinuxException unreadable) {
          continue;
        }
        int offset = VdsoImage.syscallOffset(code);
        if (offset >= 0) {
          return mapping.range().start() + offset;
        }
      }
    }
    throw new IllegalStateException("the init " + init + " makes no system calls");
  }

  Injector injector() {
    return injector;
  }

  /**
   * Ends its children and takes their ends: their numbers may be needed, and nobody else reaps them
   * while the init stands still.
   */
  void endChildren() {
    Pid init = injector.memory().pid();
    for (Pid child : ProcFs.host().process(init).children()) {
      int podPid = ProcFs.host().process(child).status().processIds().getLast();
      Fd handle = ProcessHandles.open(child);
      try {
        ProcessHandles.signal(handle, SIGKILL);
        injector.check(Syscall.WAIT4, "what was begun", podPid, 0, WAIT_ALL, 0);
      } finally {
        FdCalls.close(handle);
      }
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      injector.close();
      tracee.detach(0);
    }
  }
}
