package io.godwit.linux.cgroup;

import io.godwit.core.Pid;
import io.godwit.core.Tid;
import io.godwit.linux.Descriptors;
import io.godwit.linux.DirectoryEntry;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.OwnedFd;
import io.godwit.linux.Poll;
import io.godwit.linux.abi.Errno;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.MountInfo;
import io.godwit.linux.proc.ProcFs;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A control group of version 2, Documentation/admin-guide/cgroup-v2.rst. Only the files that every
 * group has are used (cgroup.procs, freeze, kill, events), so no controller needs to be on, and the
 * hierarchy may stand beside version 1.
 *
 * @param path of its directory
 */
public record Cgroup(String path) {
  private static final int POLLPRI = 2;
  private static final int MAX_BYTES = 4 << 20;

  /** The root group, from the mounts of this process; empty where version 2 is not mounted. */
  public static Optional<Cgroup> root() {
    return root(ProcFs.host().self().mountInfo());
  }

  static Optional<Cgroup> root(List<MountInfo> mounts) {
    Cgroup last = null;
    for (MountInfo mount : mounts) {
      if (mount.type().equals("cgroup2")) {
        // A later mount on the same place hides the earlier.
        last = new Cgroup(mount.mountPoint());
      }
    }
    return Optional.ofNullable(last);
  }

  /** Makes a group in this one; EEXIST when it is there. */
  public Cgroup create(String name) {
    Cgroup child = child(name);
    try (Arena arena = Arena.ofConfined()) {
      LinuxException.check(
          Kernel.call(
              Syscall.MKDIR,
              arena.allocateFrom(child.path, StandardCharsets.UTF_8).address(),
              0755),
          Syscall.MKDIR,
          child.path);
    }
    return child;
  }

  /** A group in this one, there or not. */
  public Cgroup child(String name) {
    if (name.isEmpty() || name.contains("/") || name.indexOf('\0') >= 0 || name.startsWith(".")) {
      throw new IllegalArgumentException("not a name for a control group: '" + name + "'");
    }
    return new Cgroup(path + "/" + name);
  }

  public boolean exists() {
    try {
      return Descriptors.status(path).isDirectory();
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        return false;
      }
      throw e;
    }
  }

  /** The groups in this one. */
  public List<Cgroup> children() {
    return Descriptors.list(path).stream()
        .filter(e -> e.type() == DirectoryEntry.DIRECTORY)
        .map(e -> new Cgroup(path + "/" + e.name()))
        .toList();
  }

  /** Moves a process with all its threads into the group. */
  public void add(Pid pid) {
    write("cgroup.procs", pid.toString());
  }

  /** Processes of the group as the reader's PID namespace numbers them; others come as 0. */
  public List<Pid> processes() {
    return numbers("cgroup.procs").stream().filter(n -> n > 0).map(Pid::new).toList();
  }

  public List<Tid> threads() {
    return numbers("cgroup.threads").stream().filter(n -> n > 0).map(Tid::new).toList();
  }

  private List<Integer> numbers(String file) {
    List<Integer> numbers = new ArrayList<>();
    for (String line : read(file).split("\n")) {
      if (!line.isBlank()) {
        numbers.add(Integer.valueOf(line.strip()));
      }
    }
    return numbers;
  }

  /** Asks every task of the group to stop; {@link #awaitFrozen} waits until all have. */
  public void freeze() {
    write("cgroup.freeze", "1");
  }

  /** Lets all go on with one write. */
  public void thaw() {
    write("cgroup.freeze", "0");
  }

  /** What was asked for last. */
  public boolean isFreezing() {
    return read("cgroup.freeze").strip().equals("1");
  }

  /** Whether all tasks have stopped. */
  public boolean isFrozen() {
    return event("frozen");
  }

  /** Whether a live process is in it or below. */
  public boolean isPopulated() {
    return event("populated");
  }

  /** Waits for all tasks to be frozen; false when the time is over. */
  public boolean awaitFrozen(Duration atMost) {
    return await("frozen", true, atMost);
  }

  /** Waits until no live process is in it or below; zombies do not count. */
  public boolean awaitEmpty(Duration atMost) {
    return await("populated", false, atMost);
  }

  /** SIGKILL for every process in it and below, frozen ones included (Linux 5.14). */
  public void kill() {
    write("cgroup.kill", "1");
  }

  /** Removes the group, which has no processes and no children; EBUSY else. */
  public void remove() {
    try (Arena arena = Arena.ofConfined()) {
      LinuxException.check(
          Kernel.call(Syscall.RMDIR, arena.allocateFrom(path, StandardCharsets.UTF_8).address()),
          Syscall.RMDIR,
          path);
    }
  }

  /** A descriptor for clone3(2) CLONE_INTO_CGROUP. */
  public Fd open() {
    return Descriptors.open(path, FileAbi.O_RDONLY | FileAbi.O_DIRECTORY);
  }

  /** Names of the controllers that can be used in it. */
  public List<String> controllers() {
    String text = read("cgroup.controllers").strip();
    return text.isEmpty() ? List.of() : List.of(text.split(" "));
  }

  /** Any control file of the group. */
  public String read(String file) {
    return new String(Descriptors.readFile(path + "/" + file, MAX_BYTES), StandardCharsets.UTF_8);
  }

  /** Writes a control file with one write(2). */
  public void write(String file, String text) {
    Descriptors.writeFile(path + "/" + file, text);
  }

  private boolean event(String name) {
    return event(read("cgroup.events"), name);
  }

  private boolean event(String events, String name) {
    for (String line : events.split("\n")) {
      if (line.startsWith(name + " ")) {
        return line.endsWith(" 1");
      }
    }
    throw new IllegalStateException(path + "/cgroup.events does not tell '" + name + "'");
  }

  /** The kernel marks the open file with POLLPRI each time that the events change. */
  private boolean await(String name, boolean wanted, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    try (OwnedFd events = OwnedFd.of(Descriptors.open(path + "/cgroup.events", FileAbi.O_RDONLY))) {
      while (true) {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        Descriptors.read(events.fd(), buffer, 0);
        String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
        if (event(text, name) == wanted) {
          return true;
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        Poll.await(events.fd(), POLLPRI, Duration.ofNanos(left));
      }
    }
  }
}
