package io.godwit.engine;

import io.godwit.core.Pid;
import io.godwit.engine.restore.RestoreOptions;
import io.godwit.linux.Fd;
import io.godwit.linux.Injector;
import io.godwit.linux.RemoteMemory;
import io.godwit.linux.Stub;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.Tracee;
import io.godwit.linux.Tracer;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Signals;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.ProcFs;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A PID namespace in which a tree can be built under its old numbers while the source lives. */
final class Nest implements AutoCloseable {
  private static final long CLONE_NEWPID = 0x20000000L;
  private static final long CLONE_PTRACE = 0x2000;

  private final Tracer tracer = Tracer.start();
  private final Stub maker;
  private final Injector injector;
  private final Pid init;

  Nest() {
    this(0);
  }

  /**
   * @param more CLONE_NEW bits of namespaces that it has too
   */
  Nest(long more) {
    maker = tracer.call(() -> Stub.start(tracer));
    init = tracer.call(() -> bearInit(more));
    injector =
        tracer.call(
            () -> {
              Tracee tracee = tracer.adopt(init.mainThread());
              tracee.await(5_000_000_000L);
              return Injector.over(tracee, RemoteMemory.of(init), maker.scratch());
            });
  }

  private Pid bearInit(long more) {
    SyscallBatch batch = maker.injector().batch();
    batch.add(Syscall.UNSHARE, CLONE_NEWPID | more);
    long[] arguments = new long[11];
    arguments[0] = CLONE_PTRACE;
    arguments[4] = Signals.SIGCHLD;
    batch.add(Syscall.CLONE3, batch.words(arguments), 88);
    maker.injector().run(batch);
    return ProcFs.host().process(maker.pid()).children().getFirst();
  }

  Tracer tracer() {
    return tracer;
  }

  RestoreOptions options() {
    return options(Map.of());
  }

  /**
   * @param given what stands for external descriptors, by role
   */
  RestoreOptions options(Map<String, Fd> given) {
    return new RestoreOptions(
        Optional.of(new RestoreOptions.Parent(injector)), Path.of("/"), given);
  }

  /** Ends everything in it. */
  @Override
  public void close() {
    Kernel.call(Syscall.KILL, init.number(), Signals.SIGKILL);
    tracer.run(maker::close);
    tracer.close();
  }
}
