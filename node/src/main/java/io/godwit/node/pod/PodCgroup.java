package io.godwit.node.pod;

import io.godwit.core.GodwitException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * One pod's directory in the cgroup v2 hierarchy, which may stand beside version 1. No controller
 * is needed: cgroup.freeze, cgroup.kill and cgroup.procs belong to every directory.
 */
public final class PodCgroup {
  /** How often the directory of a daemon may be removed while one in it is made. */
  private static final int MAKING_TRIES = 100;

  private static final long POLL_MILLIS = 1;

  private final Path directory;

  /** Whether the pod has to stay frozen whoever wants it thawed. */
  private boolean held; // guarded by this

  /** Whether the pod stands still for a moment, and whether it is frozen afterwards. */
  private boolean still; // guarded by this

  private boolean frozenAfterwards; // guarded by this

  PodCgroup(Path directory) {
    this.directory = directory;
  }

  /** Where this daemon may make its pods' directories: below its own place in the hierarchy. */
  static Path base(String instance) {
    Path mount = null;
    String own = "/";
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
        String[] words = line.split(" ");
        if (words.length > 2 && words[2].equals("cgroup2")) {
          mount = Path.of(words[1].replace("\\040", " "));
        }
      }
      for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
        if (line.startsWith("0::")) {
          own = line.substring(3);
        }
      }
    } catch (IOException e) {
      throw none("/proc/self/mounts or /proc/self/cgroup cannot be read: " + e.getMessage(), e);
    }
    if (mount == null) {
      throw none("no file system of type cgroup2 is mounted", null);
    }
    Path base = mount.resolve("." + own).normalize().resolve("godwit-" + instance);
    return base;
  }

  /**
   * Makes the directory. The one above goes with the last pod in it, which may be at this moment:
   * then it is made again.
   */
  static PodCgroup create(Path base, String podId) {
    for (int left = MAKING_TRIES; ; left--) {
      try {
        Files.createDirectories(base);
        return new PodCgroup(Files.createDirectory(base.resolve(podId)));
      } catch (FileAlreadyExistsException | NoSuchFileException gone) {
        if (left == 0 || Files.exists(base.resolve(podId))) {
          throw none(base + " cannot be made: " + gone, gone);
        }
      } catch (IOException e) {
        throw none(base + " cannot be made: " + e, e);
      }
    }
  }

  private static GodwitException none(String why, @org.jspecify.annotations.Nullable Exception e) {
    return new GodwitException(
        PodError.NO_CGROUP,
        "no cgroup for the pod",
        why,
        "run the daemon as root with cgroup v2 mounted: mount -t cgroup2 none /sys/fs/cgroup",
        e);
  }

  public Path directory() {
    return directory;
  }

  /** The file into which a process writes 0 to enter. */
  Path processes() {
    return directory.resolve("cgroup.procs");
  }

  /** Stops every process of the pod; returns when all have stopped. */
  public void freeze() {
    requestFreeze();
    await("frozen 1");
  }

  /**
   * Asks for the stop without waiting for it: a process that is traced and stopped counts as frozen
   * only after it was let go.
   */
  public synchronized void requestFreeze() {
    frozenAfterwards = true;
    write("cgroup.freeze", "1");
  }

  /** Lets all of them go on, at once, unless the pod is {@link #hold held}. */
  public synchronized void thaw() {
    if (!held) {
      frozenAfterwards = false;
      if (!still) {
        write("cgroup.freeze", "0");
      }
    }
  }

  /**
   * Lets nobody get back to the program, without waiting for those in a system call. {@link
   * #endStill} follows within microseconds, and gives the pod back what others have wanted
   * meanwhile. The guard of a lease, which is another process, repeats itself.
   */
  public synchronized void beStill() {
    still = true;
    frozenAfterwards = read("cgroup.freeze").strip().equals("1");
    write("cgroup.freeze", "1");
  }

  /** Ends {@link #beStill}. */
  public synchronized void endStill() {
    still = false;
    if (!frozenAfterwards && exists()) {
      write("cgroup.freeze", "0");
    }
  }

  /** From now on {@link #thaw} does nothing; who wants the pod frozen freezes it besides. */
  public synchronized void hold() {
    held = true;
  }

  /**
   * Ends {@link #hold}.
   *
   * @param thaw whether the pod goes on at once
   */
  public synchronized void release(boolean thaw) {
    held = false;
    if (thaw) {
      thaw();
    }
  }

  public synchronized boolean isHeld() {
    return held;
  }

  /** Kills every process of the pod, frozen or not. */
  public void kill() {
    write("cgroup.kill", "1");
  }

  /** Whether any process is in the pod. */
  public boolean populated() {
    return read("cgroup.events").contains("populated 1");
  }

  /** Waits until the pod is empty and removes its directory and those below it. */
  void remove() {
    await("populated 0");
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PodLimits.END_MILLIS);
    while (true) {
      try {
        removeTree(directory);
        return;
      } catch (IOException e) {
        // A process that has ended stays counted until it is reaped; a daemon inside may still
        // make or remove directories of its own.
        if (System.nanoTime() > end) {
          throw new GodwitException(
              PodError.NOT_ENDED,
              "the pod's cgroup " + directory + " cannot be removed",
              String.valueOf(e.getMessage()),
              "end the processes in its cgroup.procs",
              e);
        }
      }
      pause();
    }
  }

  boolean exists() {
    return Files.isDirectory(directory);
  }

  private static void removeTree(Path directory) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        if (Files.isDirectory(child)) {
          removeTree(child);
        }
      }
      Files.deleteIfExists(directory);
    } catch (NoSuchFileException gone) {
      return;
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private void await(String event) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PodLimits.END_MILLIS);
    while (exists() && !read("cgroup.events").contains(event)) {
      if (System.nanoTime() > end) {
        throw new GodwitException(
            PodError.NOT_ENDED,
            "the cgroup " + directory + " did not become '" + event + "'",
            "a process in it does not react within " + PodLimits.END_MILLIS + " ms",
            "look at the processes in its cgroup.procs; one may wait for a disk");
      }
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String read(String file) {
    try {
      return Files.readString(directory.resolve(file));
    } catch (IOException gone) {
      return "populated 0\nfrozen 0\n";
    }
  }

  private void write(String file, String value) {
    try {
      Files.write(
          directory.resolve(file),
          value.getBytes(StandardCharsets.US_ASCII),
          StandardOpenOption.WRITE);
    } catch (IOException e) {
      if (!exists()) {
        return; // removed under us, which the kernel reports as ENOENT or ENODEV
      }
      throw none(file + " of " + directory + " cannot be written: " + e, e);
    }
  }
}
