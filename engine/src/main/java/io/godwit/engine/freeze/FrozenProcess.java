package io.godwit.engine.freeze;

import io.godwit.core.Pid;
import io.godwit.engine.kind.InjectedCalls;
import io.godwit.linux.Injector;
import io.godwit.linux.RemoteMemory;
import io.godwit.linux.proc.MemoryMapping;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.ProcTask;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A process all of whose threads are stopped. Belongs to the tracer's thread, except for {@link
 * #memory()} and what is read from /proc.
 */
public final class FrozenProcess {
  private final Pid hostPid;
  private final Pid podPid;
  private final List<FrozenThread> threads;
  private final List<MemoryMapping> mappings;
  private final Map<Long, Set<String>> mappingFlags;
  private final long gadget;
  private final InjectedCalls calls = new InjectedCalls(this::injector);
  private @Nullable Injector injector;

  /**
   * @param gadget address of a {@code syscall} instruction in the process
   */
  FrozenProcess(
      Pid hostPid,
      Pid podPid,
      List<FrozenThread> threads,
      List<MemoryMapping> mappings,
      Map<Long, Set<String>> mappingFlags,
      long gadget) {
    this.hostPid = hostPid;
    this.podPid = podPid;
    this.threads = List.copyOf(threads);
    this.mappings = List.copyOf(mappings);
    this.mappingFlags = mappingFlags;
    this.gadget = gadget;
  }

  /** In the node's PID namespace. */
  public Pid hostPid() {
    return hostPid;
  }

  /** In the innermost PID namespace of the process; the number in the image. */
  public Pid podPid() {
    return podPid;
  }

  /** Its directory in the node's /proc. */
  public Path proc() {
    return Path.of("/proc", hostPid.toString());
  }

  /** The threads that live, the main thread first if it does. */
  public List<FrozenThread> threads() {
    return threads;
  }

  /** Its directory in the node's /proc, parsed. */
  public ProcTask task() {
    return ProcFs.host().process(hostPid);
  }

  /** The mappings at the freeze, without anything that injection adds. */
  public List<MemoryMapping> mappings() {
    return mappings;
  }

  /** The flags of smaps (proc_pid_smaps(5), VmFlags) by the start of the mapping. */
  public Map<Long, Set<String>> mappingFlags() {
    return mappingFlags;
  }

  public RemoteMemory memory() {
    return RemoteMemory.of(hostPid);
  }

  /** Calls to be made in the first thread together with those of other kinds. */
  public InjectedCalls calls() {
    return calls;
  }

  /** Injection into the first thread, at once. Opened at first use, closed by the undo. */
  public Injector injector() {
    if (injector == null) {
      injector = Injector.open(threads.getFirst().tracee(), memory(), gadget, 0);
    }
    return injector;
  }

  /** The injector if one was opened. */
  public Optional<Injector> openInjector() {
    return Optional.ofNullable(injector);
  }

  @Override
  public String toString() {
    return "process " + hostPid;
  }
}
