package io.godwit.node.jobs;

import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.linux.EventFiles;
import io.godwit.linux.Fd;
import io.godwit.linux.LinuxException;
import io.godwit.linux.descriptor.EventDescriptors;
import io.godwit.linux.launch.FdCalls;
import io.godwit.linux.launch.HostClocks;
import io.godwit.linux.launch.ProcessHandles;
import io.godwit.linux.launch.Spawner;
import io.godwit.linux.launch.TimerGuard;
import io.godwit.node.pod.Pod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Freezes a pod when its lease is over, whatever has become of the daemon: a process of its own
 * beside the pod, whose timer the daemon puts off with each renewal. The timer counts boot time,
 * which goes on while the machine sleeps. Used by one thread at a time.
 */
final class LeaseGuard implements AutoCloseable {
  private static final int CLOCK_BOOTTIME = 7;
  private static final int END_MILLIS = 5000;

  private final Fd timer;
  private final Fd handle;
  private final Pid process;
  private final Path directory;
  private long deadlineNanos;

  private LeaseGuard(Fd timer, Fd handle, Pid process, Path directory) {
    this.timer = timer;
    this.handle = handle;
    this.process = process;
    this.directory = directory;
  }

  /**
   * A guard for a pod in the place of one that an earlier daemon has left. The pod is frozen before
   * this returns; {@link #until} lets time begin.
   */
  static LeaseGuard of(Pod pod) {
    Path directory = pod.cgroup().directory().resolveSibling(".lease-" + pod.id());
    pod.cgroup().requestFreeze();
    Fd timer = EventFiles.timerfd(CLOCK_BOOTTIME);
    Fd freeze = null;
    try {
      clear(directory);
      Files.createDirectories(directory);
      freeze =
          FdCalls.open(
              pod.cgroup().directory().resolve("cgroup.freeze").toString(), FdCalls.O_WRONLY);
      Pid process = Spawner.spawn(TimerGuard.elf(), "godwit-lease", Map.of(0, timer, 1, freeze));
      Files.writeString(
          directory.resolve("cgroup.procs"), process.toString(), StandardOpenOption.WRITE);
      return new LeaseGuard(timer, ProcessHandles.open(process), process, directory);
    } catch (IOException | LinuxException failed) {
      FdCalls.close(timer);
      throw new GodwitException(
          JobError.NO_GUARD,
          "guarding the lease of '" + pod.id() + "'",
          String.valueOf(failed.getMessage()),
          "it stays frozen; restart the daemon of this node when the cause is gone",
          failed);
    } finally {
      if (freeze != null) {
        FdCalls.close(freeze);
      }
    }
  }

  /** Ends what an earlier daemon has left in the directory. */
  private static void clear(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    Files.write(
        directory.resolve("cgroup.kill"),
        "1".getBytes(StandardCharsets.US_ASCII),
        StandardOpenOption.WRITE);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_MILLIS);
    while (Files.readString(directory.resolve("cgroup.events")).contains("populated 1")) {
      if (System.nanoTime() > end) {
        throw new IOException("the guard of an earlier daemon does not end");
      }
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
  }

  /** The pod may run until then, by the boot clock, and is held frozen from then on. */
  void until(long bootNanos) {
    deadlineNanos = bootNanos;
    EventFiles.arm(
        timer,
        EventDescriptors.TFD_TIMER_ABSTIME,
        Math.max(1, bootNanos),
        JobLimits.GUARD_REPEATS.toNanos());
  }

  /** Whether the time is over: the pod is frozen, or will be in a moment. */
  boolean isOver() {
    return HostClocks.bootNanos() >= deadlineNanos;
  }

  /** The pod is nobody's business any more. */
  @Override
  public void close() {
    ProcessHandles.signal(handle, 9);
    ProcessHandles.awaitEnd(handle, END_MILLIS);
    var _ = ProcessHandles.reap(process);
    FdCalls.close(handle);
    FdCalls.close(timer);
    try {
      Files.deleteIfExists(directory);
    } catch (IOException stays) {
      return; // an empty directory; the next guard of that pod uses it
    }
  }
}
