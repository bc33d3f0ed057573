package io.godwit.node.checkpoint;

import io.godwit.core.Pid;
import io.godwit.image.PodImage;
import io.godwit.linux.LinuxException;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.TaskState;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The process numbers that an image needs again. What ended a moment ago keeps its number until its
 * parent has waited for it; orphans have an init for that, and some look only every few seconds.
 */
final class OldNumbers {
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final long PAUSE_NANOS = 5_000_000;

  private OldNumbers() {}

  /** Waits until none of them belongs to a zombie any more, or for some seconds. */
  static void awaitReaped(PodImage image) {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (image.processes().stream().anyMatch(process -> isZombie(process.pid()))) {
      if (System.nanoTime() > end) {
        return; // building the tree tells the number that is taken
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static boolean isZombie(Pid pid) {
    try {
      return ProcFs.host().process(pid).stat().state() == TaskState.ZOMBIE;
    } catch (LinuxException free) {
      return false;
    }
  }
}
