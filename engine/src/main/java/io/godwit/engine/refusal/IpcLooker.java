package io.godwit.engine.refusal;

import io.godwit.core.Pid;
import io.godwit.core.Tid;
import io.godwit.engine.kind.ipc.IpcNamespace;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Architecture;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.ipc.IpcObjects;
import io.godwit.linux.ipc.SemaphoreSets;
import io.godwit.linux.proc.CurrentSyscall;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.ProcTask;
import io.godwit.linux.proc.SysvIpc;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks at the IPC namespace of a tree. Which of the machine's semaphores and queues a process uses
 * can only be told from who used them last and who waits for them: a process that did so long ago
 * and will again is not found.
 */
final class IpcLooker {
  /** The longest line of ancestors that is followed. */
  private static final int GENERATIONS = 64;

  private static final Map<Integer, String> WAITS =
      Stream.of(Syscall.SEMOP, Syscall.SEMTIMEDOP, Syscall.MSGRCV, Syscall.MSGSND)
          .collect(Collectors.toMap(Architecture.current()::number, Syscall::manualName));

  private final ProcFs proc = ProcFs.host();
  private final List<Pid> tree;

  IpcLooker(List<Pid> tree) {
    this.tree = tree;
  }

  IpcSurvey look() {
    if (tree.isEmpty()) {
      return IpcSurvey.NOTHING;
    }
    IpcNamespace namespace = new IpcNamespace(tree.getFirst());
    if (namespace.isOurs()) {
      return new IpcSurvey(false, used(), Optional.empty(), false);
    }
    boolean[] ended = new boolean[1];
    boolean empty =
        namespace.inside(
            () -> {
              List<SysvIpc.SharedMemory> segments = proc.sharedMemory();
              ended[0] = !segments.isEmpty() && !IpcObjects.setting("shm_rmid_forced").equals("0");
              return segments.isEmpty()
                  && proc.semaphores().isEmpty()
                  && proc.messageQueues().isEmpty();
            });
    return new IpcSurvey(
        true, List.of(), empty ? Optional.empty() : outside(namespace.name()), ended[0]);
  }

  private List<IpcSurvey.Use> used() {
    Set<Integer> pids = new HashSet<>();
    tree.forEach(pid -> pids.add(pid.number()));
    List<IpcSurvey.Use> found = new ArrayList<>();
    for (SysvIpc.Semaphores set : proc.semaphores()) {
      int id = set.owner().id();
      java.util.stream.IntStream.range(0, set.count())
          .map(i -> present(() -> SemaphoreSets.lastUser(id, i)).orElse(0))
          .filter(pids::contains)
          .findFirst()
          .ifPresent(pid -> found.add(new IpcSurvey.Use(new Pid(pid), "uses semaphore set " + id)));
    }
    for (SysvIpc.Messages queue : proc.messageQueues()) {
      Stream.of(queue.lastSender(), queue.lastReceiver())
          .filter(pids::contains)
          .findFirst()
          .ifPresent(
              pid ->
                  found.add(
                      new IpcSurvey.Use(new Pid(pid), "uses message queue " + queue.owner().id())));
    }
    tree.forEach(pid -> waits(pid).ifPresent(found::add));
    return found;
  }

  private Optional<IpcSurvey.Use> waits(Pid pid) {
    ProcTask task = proc.process(pid);
    for (Tid tid : present(task::threads).orElse(List.of())) {
      Optional<CurrentSyscall> call = present(() -> task.thread(tid).syscall());
      if (call.isPresent()
          && call.get() instanceof CurrentSyscall.Inside inside
          && WAITS.containsKey((int) inside.number())) {
        return Optional.of(
            new IpcSurvey.Use(
                pid,
                "waits in %s for System V object %d"
                    .formatted(WAITS.get((int) inside.number()), inside.arguments().getFirst())));
      }
    }
    return Optional.empty();
  }

  /** Who else lives in the namespace, but for those from whom the tree descends. */
  private Optional<Pid> outside(String namespace) {
    Set<Pid> inside = new HashSet<>(tree);
    Pid at = tree.getFirst();
    for (int i = 0; i < GENERATIONS && at.number() > 1; i++) {
      Pid here = at;
      int parent = present(() -> proc.process(here).stat().parent()).orElse(0);
      if (parent <= 0) {
        break;
      }
      at = new Pid(parent);
      inside.add(at);
    }
    for (Pid other : proc.processes()) {
      if (!inside.contains(other)
          && present(() -> new IpcNamespace(other).name()).filter(namespace::equals).isPresent()
          && !tree.contains(parent(other))) {
        return Optional.of(other);
      }
    }
    return Optional.empty();
  }

  /** A child of the tree was born after the tree was listed, and moves with it. */
  private Pid parent(Pid pid) {
    return new Pid(Math.max(1, present(() -> proc.process(pid).stat().parent()).orElse(1)));
  }

  /** What vanishes meanwhile, or belongs to others, is left out. */
  private static <T> Optional<T> present(Supplier<T> look) {
    try {
      return Optional.of(look.get());
    } catch (LinuxException failure) {
      if (Stream.of(Errno.ENOENT, Errno.ESRCH, Errno.EACCES, Errno.EPERM, Errno.EINVAL, Errno.EIDRM)
          .anyMatch(failure::is)) {
        return Optional.empty();
      }
      throw failure;
    }
  }
}
