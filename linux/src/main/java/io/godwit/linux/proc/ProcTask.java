package io.godwit.linux.proc;

import io.godwit.core.Pid;
import io.godwit.core.Tid;
import io.godwit.linux.Descriptors;
import io.godwit.linux.DirectoryEntry;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.abi.Errno;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The directory of a process or of one of its threads in /proc. Each method reads one file anew; a
 * task that has gone is a LinuxException with ENOENT or ESRCH.
 *
 * @param directory for example /proc/12 or /proc/12/task/13
 */
public record ProcTask(String directory) {
  private static final int MANY_THREADS = 256;

  /** A file's path below the directory. */
  public String path(String file) {
    return directory + "/" + file;
  }

  public TaskStat stat() {
    return TaskStat.parse(read("stat"));
  }

  public TaskStatus status() {
    return TaskStatus.parse(read("status"));
  }

  public List<MemoryMapping> maps() {
    return MemoryMapping.parse(readLarge("maps"));
  }

  /** Slower than {@link #maps}: the kernel walks every page table. */
  public List<SmapsEntry> smaps() {
    return SmapsEntry.parse(readLarge("smaps"));
  }

  public TaskLimits limits() {
    return TaskLimits.parse(read("limits"));
  }

  public List<MountInfo> mountInfo() {
    return MountInfo.parse(readLarge("mountinfo"));
  }

  public List<PosixTimer> timers() {
    return PosixTimer.parse(readLarge("timers"));
  }

  public SchedInfo sched() {
    return SchedInfo.parse(read("sched"));
  }

  public SchedStat schedStat() {
    return SchedStat.parse(read("schedstat"));
  }

  public CurrentSyscall syscall() {
    return CurrentSyscall.parse(read("syscall"));
  }

  /** The kernel function a task sleeps in, or "0". */
  public String waitChannel() {
    return read("wchan");
  }

  public AuxVector auxVector() {
    return AuxVector.parse(Descriptors.readFile(path("auxv"), ProcLimits.FILE_BYTES));
  }

  /** The arguments; empty for a kernel thread or a zombie. */
  public List<String> commandLine() {
    return strings("cmdline");
  }

  /** "NAME=value" strings as the program started with them. */
  public List<String> environment() {
    return strings("environ");
  }

  /** The name set by execve(2) or PR_SET_NAME, at most 15 bytes. */
  public String comm() {
    String text = read("comm");
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  public List<CgroupMembership> cgroups() {
    return CgroupMembership.parse(read("cgroup"));
  }

  public List<IdMapping> uidMap() {
    return IdMapping.parse(read("uid_map"));
  }

  public List<IdMapping> gidMap() {
    return IdMapping.parse(read("gid_map"));
  }

  public TimeOffsets timeOffsets() {
    return TimeOffsets.parse(read("timens_offsets"));
  }

  /** personality(2) as the task has it. */
  public int personality() {
    Line line = Lines.only("personality", read("personality"));
    return line.hexInt(line.word());
  }

  /** From -1000 (never killed) to 1000. */
  public int oomScoreAdjustment() {
    return Lines.only("oom_score_adj", read("oom_score_adj")).decimalInt();
  }

  /** Nanoseconds that the task's sleeps may last longer, PR_SET_TIMERSLACK. */
  public long timerSlack() {
    return Lines.only("timerslack_ns", read("timerslack_ns")).decimal();
  }

  /** The mask of mappings to dump, core(5). */
  public int coreDumpFilter() {
    Line line = Lines.only("coredump_filter", read("coredump_filter"));
    return line.hexInt(line.word());
  }

  /** The id that audit gave the login, -1 for none. */
  public int loginUid() {
    return Lines.only("loginuid", read("loginuid")).decimalInt();
  }

  /** Path of the program as the link says, with " (deleted)" when it is gone. */
  public String executable() {
    return Descriptors.readLink(path("exe"));
  }

  public String workingDirectory() {
    return Descriptors.readLink(path("cwd"));
  }

  /** The root directory as seen from the reader's root. */
  public String root() {
    return Descriptors.readLink(path("root"));
  }

  /**
   * Threads of the process, the main one first and the others in ascending order: their numbers may
   * be lower, since the kernel begins anew with the low ones when it has reached the highest.
   */
  public List<Tid> threads() {
    List<Integer> numbers = numbers("task");
    String process = directory.substring(directory.lastIndexOf('/') + 1);
    numbers.sort(Comparator.comparing(number -> !process.equals(number.toString())));
    return numbers.stream().map(Tid::new).toList();
  }

  /** One thread of this process. */
  public ProcTask thread(Tid tid) {
    return new ProcTask(path("task/" + tid));
  }

  /** Children of all threads of this process; a thread's own with {@link #ownChildren}. */
  public List<Pid> children() {
    List<Pid> children = new ArrayList<>();
    List<Tid> threads = threads();
    if (threads.size() > MANY_THREADS) {
      return childrenByParent(threads.getFirst().number());
    }
    for (Tid tid : threads) {
      try {
        children.addAll(thread(tid).ownChildren());
      } catch (LinuxException e) {
        if (!e.is(Errno.ENOENT) && !e.is(Errno.ESRCH)) {
          throw e;
        }
        // The thread ended in between; its children have a new parent.
      }
    }
    Collections.sort(children);
    return List.copyOf(children);
  }

  /** A look at every process's parent costs less than one at each of very many threads. */
  private List<Pid> childrenByParent(int pid) {
    ProcFs proc = new ProcFs(directory.substring(0, directory.lastIndexOf('/')));
    List<Pid> children = new ArrayList<>();
    for (Pid candidate : proc.processes()) {
      try {
        if (proc.process(candidate).stat().parent() == pid) {
          children.add(candidate);
        }
      } catch (LinuxException e) {
        if (!e.is(Errno.ENOENT) && !e.is(Errno.ESRCH)) {
          throw e;
        }
        // It ended in between.
      }
    }
    return List.copyOf(children);
  }

  /** Children of a thread: only for a directory that {@link #thread} gave. */
  public List<Pid> ownChildren() {
    Line line = new Line("children", 1, read("children").strip());
    List<Pid> children = new ArrayList<>();
    while (!line.atEnd()) {
      children.add(new Pid(line.decimalInt()));
    }
    return List.copyOf(children);
  }

  /** Numbers of the open descriptors in ascending order. */
  public List<Fd> descriptors() {
    return numbers("fd").stream().map(Fd::new).toList();
  }

  public FdLink link(Fd fd) {
    return FdLink.parse(Descriptors.readLink(path("fd/" + fd.number())));
  }

  public FdInfo fdInfo(Fd fd) {
    return FdInfo.parse(readLarge("fdinfo/" + fd.number()));
  }

  /** Mapped files in ascending order of address. */
  public List<MapFile> mapFiles() {
    List<MapFile> files = new ArrayList<>();
    for (DirectoryEntry entry : Descriptors.list(path("map_files"))) {
      files.add(
          MapFile.parse(entry.name(), Descriptors.readLink(path("map_files/" + entry.name()))));
    }
    files.sort(Comparator.comparing(MapFile::range));
    return List.copyOf(files);
  }

  /** The namespaces by the name of their link. */
  public Map<String, NamespaceLink> namespaces() {
    Map<String, NamespaceLink> links = new TreeMap<>();
    for (DirectoryEntry entry : Descriptors.list(path("ns"))) {
      links.put(
          entry.name(),
          NamespaceLink.parse(entry.name(), Descriptors.readLink(path("ns/" + entry.name()))));
    }
    return Collections.unmodifiableMap(links);
  }

  /** Sockets of the task's network namespace. */
  public List<UnixSocketEntry> unixSockets() {
    return UnixSocketEntry.parse(readLarge("net/unix"));
  }

  /**
   * Internet sockets of the task's network namespace.
   *
   * @param table tcp, tcp6, udp, udp6, raw or raw6
   */
  public List<InetSocketEntry> inetSockets(String table) {
    return InetSocketEntry.parse(readLarge("net/" + table));
  }

  public List<NetDevice> netDevices() {
    return NetDevice.parse(read("net/dev"));
  }

  /** Whether the directory is still there; a zombie has one. */
  public boolean exists() {
    try {
      Descriptors.linkStatus(directory);
      return true;
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT) || e.is(Errno.ESRCH)) {
        return false;
      }
      throw e;
    }
  }

  private List<Integer> numbers(String sub) {
    List<Integer> numbers = new ArrayList<>();
    for (DirectoryEntry entry : Descriptors.list(path(sub))) {
      numbers.add(new Line(sub, 1, entry.name()).decimalInt());
    }
    Collections.sort(numbers);
    return numbers;
  }

  private List<String> strings(String file) {
    String text =
        new String(
            Descriptors.readFile(path(file), ProcLimits.ARGUMENT_BYTES), StandardCharsets.UTF_8);
    if (text.isEmpty()) {
      return List.of();
    }
    String ended = text.endsWith("\0") ? text.substring(0, text.length() - 1) : text;
    return List.of(ended.split("\0", -1));
  }

  private String read(String file) {
    return ProcFs.text(path(file), ProcLimits.FILE_BYTES);
  }

  private String readLarge(String file) {
    return ProcFs.text(path(file), ProcLimits.LARGE_FILE_BYTES);
  }
}
