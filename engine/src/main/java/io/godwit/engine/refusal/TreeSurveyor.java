package io.godwit.engine.refusal;

import io.godwit.core.Pid;
import io.godwit.core.Tid;
import io.godwit.engine.kind.console.Externals;
import io.godwit.linux.Descriptors;
import io.godwit.linux.DeviceNumber;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.descriptor.FileBytes;
import io.godwit.linux.descriptor.Kcmp;
import io.godwit.linux.proc.FdLink;
import io.godwit.linux.proc.MemoryMapping;
import io.godwit.linux.proc.MountInfo;
import io.godwit.linux.proc.PosixTimer;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.ProcTask;
import io.godwit.linux.proc.TaskStat;
import io.godwit.linux.proc.TaskState;
import io.godwit.linux.proc.TaskStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Looks at a tree and its surroundings through /proc. Any thread; it needs the rights of ptrace(2)
 * over the processes. What vanishes while it looks is left out: the freeze will not find it either.
 */
public final class TreeSurveyor {
  /** A wait that looks uninterruptible is looked at so often, a few milliseconds apart. */
  private static final int STATE_LOOKS = 20;

  private static final long STATE_PAUSE_NANOS = 5_000_000L;

  /** What is in the way is looked at so often, a few milliseconds apart. */
  private static final int LOOKS = 8;

  private static final long LOOK_PAUSE_NANOS = 25_000_000L;

  /** The longest line of ancestors that is followed. */
  private static final int GENERATIONS = 64;

  private static final int ELF_CLASS = 4;

  /** ipc/mqueue.c. */
  private static final long MQUEUE_MAGIC = 0x19800202L;

  /** include/uapi/linux/magic.h. */
  private static final long HUGETLBFS_MAGIC = 0x958458f6L;

  private final ProcFs proc = ProcFs.host();
  private final Pid self = new Pid((int) ProcessHandle.current().pid());

  /**
   * Finds everything about a tree that cannot be carried.
   *
   * @param tree the processes, parents first
   */
  public static List<Refusal> inspect(List<Pid> tree, Externals externals) {
    List<Refusal> found = look(tree, externals);
    // A child between its birth and its program shares memory or descriptors with its parent: what
    // is in the way counts when it still is a moment later.
    for (int i = 1; i < LOOKS && !found.isEmpty(); i++) {
      LockSupport.parkNanos(LOOK_PAUSE_NANOS);
      List<Refusal> again = look(tree, externals);
      found = found.stream().filter(again::contains).toList();
    }
    return found;
  }

  private static List<Refusal> look(List<Pid> tree, Externals externals) {
    TreeSurvey survey = new TreeSurveyor().survey(tree, externals);
    List<Refusal> all = new ArrayList<>();
    if (!survey.processes().isEmpty()) {
      all.addAll(ProcessRules.check(survey));
      all.addAll(MemoryRules.check(survey));
      all.addAll(IpcRules.check(survey));
      all.addAll(DescriptorRules.check(survey));
    }
    return List.copyOf(all);
  }

  TreeSurvey survey(List<Pid> tree, Externals externals) {
    List<ProcessSurvey> processes = new ArrayList<>();
    try (SocketLooker sockets = new SocketLooker()) {
      for (Pid pid : tree) {
        whileItLives(() -> process(pid, tree, sockets)).ifPresent(processes::add);
      }
    }
    Set<Integer> ownThreads = new HashSet<>();
    proc.self().threads().forEach(tid -> ownThreads.add(tid.number()));
    return new TreeSurvey(
        processes,
        externals,
        self,
        ownThreads,
        outside(processes, externals),
        whileItLives(new IpcLooker(inNamespaces(processes))::look).orElse(IpcSurvey.NOTHING));
  }

  /** Those that have not ended, and are programs. */
  private static List<Pid> inNamespaces(List<ProcessSurvey> processes) {
    return processes.stream()
        .filter(process -> !process.namespaces().isEmpty())
        .map(ProcessSurvey::pid)
        .toList();
  }

  /** The kernel says EINVAL for a process that has given up its namespaces: it ends. */
  private static List<MountInfo> mounts(ProcTask task) {
    try {
      return task.mountInfo();
    } catch (LinuxException failure) {
      if (failure.is(Errno.EINVAL)) {
        throw new LinuxException(Errno.ESRCH.number(), failure.call(), "mounts of " + task);
      }
      throw failure;
    }
  }

  private static <T> Optional<T> whileItLives(Supplier<T> look) {
    try {
      return Optional.of(look.get());
    } catch (LinuxException failure) {
      if (failure.is(Errno.ENOENT) || failure.is(Errno.ESRCH) || failure.is(Errno.EBADF)) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /** Processes of others, which may have more rights than this one. */
  private static <T> Optional<T> whereAllowed(Supplier<T> look) {
    try {
      return whileItLives(look);
    } catch (LinuxException failure) {
      if (failure.is(Errno.EACCES) || failure.is(Errno.EPERM)) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  private ProcessSurvey process(Pid pid, List<Pid> tree, SocketLooker sockets) {
    ProcTask task = proc.process(pid);
    TaskStat stat = task.stat();
    TaskStatus status = task.status();
    boolean nothingToSee =
        stat.state() == TaskState.ZOMBIE
            || pid.number() == 1
            || pid.equals(self)
            || (stat.flags() & ProcessRules.PF_KTHREAD) != 0;
    if (nothingToSee) {
      return new ProcessSurvey(
          pid, stat, status, false, List.of(), Map.of(), 0, List.of(), List.of(), Set.of(),
          List.of(), Set.of());
    }
    List<TaskStatus> threads = new ArrayList<>();
    for (Tid tid : task.threads()) {
      whileItLives(() -> task.thread(tid).status()).ifPresent(threads::add);
    }
    List<MountInfo> mounts = mounts(task);
    Set<DeviceNumber> huge = new HashSet<>();
    mounts.stream().filter(m -> m.type().equals("hugetlbfs")).forEach(m -> huge.add(m.device()));
    List<MemoryMapping> maps = task.maps();
    maps.stream().filter(m -> isHugeSegment(task, m)).forEach(m -> huge.add(m.device()));
    return new ProcessSurvey(
        pid,
        stat,
        status,
        isStuck(task),
        threads,
        namespaces(task),
        elfClass(task),
        descriptors(pid, task, mounts, sockets),
        maps,
        sharing(pid, stat, threads, tree),
        task.timers().stream().map(PosixTimer::clock).distinct().toList(),
        huge);
  }

  /** Segments of huge pages live in a mount of the kernel's own. */
  private static boolean isHugeSegment(ProcTask task, MemoryMapping mapping) {
    if (!mapping.isSystemVSegment()) {
      return false;
    }
    String path =
        task.path("map_files/%x-%x".formatted(mapping.range().start(), mapping.range().end()));
    return whereAllowed(
            () -> {
              Fd file = Descriptors.open(path, FileAbi.O_RDONLY);
              try {
                return FileBytes.fileSystemMagic(file) == HUGETLBFS_MAGIC;
              } finally {
                Descriptors.close(file);
              }
            })
        .orElse(false);
  }

  /** State D is often but a moment, and in a program that uses vfork(2) there are many of them. */
  private static boolean isStuck(ProcTask task) {
    long begun = task.status().voluntarySwitches();
    for (int i = 0; i < STATE_LOOKS; i++) {
      if (task.stat().state() != TaskState.DISK_SLEEP) {
        return false;
      }
      LockSupport.parkNanos(STATE_PAUSE_NANOS);
    }
    return task.status().voluntarySwitches() == begun;
  }

  private static Map<String, String> namespaces(ProcTask task) {
    Map<String, String> links = new LinkedHashMap<>();
    task.namespaces()
        .forEach((file, link) -> links.put(file, link.kind() + ":[" + link.inode() + "]"));
    return links;
  }

  private static int elfClass(ProcTask task) {
    return whileItLives(
            () -> {
              Fd fd = Descriptors.open(task.path("exe"), 0);
              try {
                byte[] head = FileBytes.read(fd, ELF_CLASS + 1);
                return head.length > ELF_CLASS ? head[ELF_CLASS] : 0;
              } finally {
                Descriptors.close(fd);
              }
            })
        .orElse((byte) 0)
        .intValue();
  }

  private List<DescriptorSurvey> descriptors(
      Pid pid, ProcTask task, List<MountInfo> mounts, SocketLooker sockets) {
    Map<Integer, String> types = new HashMap<>();
    mounts.forEach(mount -> types.put(mount.id(), mount.type()));
    List<DescriptorSurvey> found = new ArrayList<>();
    for (Fd fd : task.descriptors()) {
      whileItLives(
              () -> {
                FdLink link = task.link(fd);
                var info = task.fdInfo(fd);
                return new DescriptorSurvey(
                    fd.number(),
                    link,
                    info,
                    Descriptors.status(task.path("fd/" + fd.number())),
                    link instanceof FdLink.Socket
                        ? sockets.look(pid, fd.number())
                        : Optional.empty(),
                    types.containsKey(info.mountId())
                        ? types.get(info.mountId())
                        : hiddenType(task, fd, link));
              })
          .ifPresent(found::add);
    }
    return found;
  }

  /** Message queues live in a mount of the kernel's own that no process sees. */
  private static String hiddenType(ProcTask task, Fd fd, FdLink link) {
    if (!(link instanceof FdLink.Path)) {
      return "";
    }
    Fd file = Descriptors.open(task.path("fd/" + fd.number()), FileAbi.O_PATH);
    try {
      return FileBytes.fileSystemMagic(file) == MQUEUE_MAGIC ? "mqueue" : "";
    } finally {
      Descriptors.close(file);
    }
  }

  /** What it shares with its parent that fork(2) would not, or that its threads do not share. */
  private static Set<String> sharing(
      Pid pid, TaskStat stat, List<TaskStatus> threads, List<Pid> tree) {
    Set<String> found = new TreeSet<>();
    int parent = stat.parent();
    if (tree.stream().anyMatch(each -> each.number() == parent)) {
      for (Kcmp.Shared what :
          List.of(
              Kcmp.Shared.MEMORY,
              Kcmp.Shared.DESCRIPTOR_TABLE,
              Kcmp.Shared.FILE_SYSTEM_CONTEXT,
              Kcmp.Shared.SIGNAL_ACTIONS)) {
        if (Kcmp.same(what, pid.number(), parent)) {
          found.add("shares its " + words(what) + " with process " + parent);
        }
      }
    }
    for (TaskStatus thread : threads) {
      if (thread.pid() == pid.number()) {
        continue;
      }
      for (Kcmp.Shared what :
          List.of(Kcmp.Shared.DESCRIPTOR_TABLE, Kcmp.Shared.FILE_SYSTEM_CONTEXT)) {
        if (whileItLives(() -> Kcmp.same(what, pid.number(), thread.pid())).orElse(true)) {
          continue;
        }
        found.add("has a thread, " + thread.pid() + ", with a " + words(what) + " of its own");
      }
    }
    return found;
  }

  private static String words(Kcmp.Shared what) {
    return switch (what) {
      case MEMORY -> "memory";
      case DESCRIPTOR_TABLE -> "table of descriptors";
      case FILE_SYSTEM_CONTEXT -> "working directory and umask";
      case SIGNAL_ACTIONS -> "signal actions";
      case IO_CONTEXT -> "I/O context";
      case SEMAPHORE_UNDO -> "semaphore adjustments";
    };
  }

  /** Who else has the pipes, sockets and shared memory of the tree. */
  private Map<String, Pid> outside(List<ProcessSurvey> processes, Externals externals) {
    Set<String> files = new HashSet<>();
    Set<String> memory = new HashSet<>();
    Set<Pid> inside = new HashSet<>(Set.of(self));
    for (ProcessSurvey process : processes) {
      inside.add(process.pid());
      for (DescriptorSurvey each : process.descriptors()) {
        if (!externals.contains(each.status().device().devT(), each.status().inode())
            && (each.status().isPipe() || each.status().isSocket())) {
          files.add(each.link().text());
          each.socket()
              .filter(s -> s.peer() != 0)
              .ifPresent(s -> files.add("socket:[" + s.peer() + "]"));
        }
      }
      process.mappings().stream()
          .filter(TreeSurveyor::isSharedMemory)
          .forEach(m -> memory.add(process.memoryName(m)));
    }
    Map<String, Pid> found = new HashMap<>();
    if (files.isEmpty() && memory.isEmpty()) {
      return found;
    }
    for (Pid other : proc.processes()) {
      if (!inside.contains(other)) {
        Map<String, Pid> holds = new HashMap<>();
        look(other, files, memory, holds);
        if (!holds.isEmpty() && !isNewborn(other, processes)) {
          holds.forEach(found::putIfAbsent);
        }
      }
    }
    return found;
  }

  /**
   * Whether it descends from the tree: it was born after the tree was listed, and moves with it.
   */
  private boolean isNewborn(Pid other, List<ProcessSurvey> tree) {
    Pid at = other;
    for (int i = 0; i < GENERATIONS && at.number() > 1; i++) {
      Pid here = at;
      if (tree.stream().anyMatch(each -> each.pid().equals(here))) {
        return true;
      }
      int parent = whileItLives(() -> proc.process(here).stat().parent()).orElse(0);
      if (parent <= 0) {
        return false;
      }
      at = new Pid(parent);
    }
    return false;
  }

  /** Memory that has no name in a file system: all who share it got it from one another. */
  private static boolean isSharedMemory(MemoryMapping mapping) {
    return mapping.shared() && mapping.inode() != 0 && mapping.isDeleted();
  }

  private void look(Pid other, Set<String> files, Set<String> memory, Map<String, Pid> found) {
    ProcTask task = proc.process(other);
    if (!files.isEmpty()) {
      for (Fd fd : whereAllowed(task::descriptors).orElse(List.of())) {
        whereAllowed(() -> Descriptors.readLink(task.path("fd/" + fd.number())))
            .filter(files::contains)
            .ifPresent(text -> found.putIfAbsent(text, other));
      }
    }
    if (!memory.isEmpty()) {
      for (MemoryMapping mapping : whereAllowed(task::maps).orElse(List.of())) {
        if (!mapping.shared() || mapping.inode() == 0) {
          continue;
        }
        String key =
            ProcessSurvey.memoryName(
                mapping,
                () -> whereAllowed(() -> Descriptors.readLink(task.path("ns/ipc"))).orElse(""));
        if (memory.contains(key)) {
          found.putIfAbsent(key, other);
        }
      }
    }
  }
}
