package io.godwit.engine;

import io.godwit.core.GodwitException;
import io.godwit.linux.Descriptors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The cgroup v2 directory of a pod, by which all its processes are held or let go at once. */
final class FrozenCgroup {
  private static final long TIMEOUT_NANOS = 10_000_000_000L;
  private static final int EVENTS_BYTES = 4096;

  private FrozenCgroup() {}

  /** Holds the processes in it; those that are traced stay so until they are detached. */
  static void freeze(Path cgroup) {
    Descriptors.writeFile(cgroup.resolve("cgroup.freeze").toString(), "1");
  }

  /** Waits until the kernel says that all are held. */
  static void awaitFrozen(Path cgroup) {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    String events = cgroup.resolve("cgroup.events").toString();
    while (!new String(Descriptors.readFile(events, EVENTS_BYTES), StandardCharsets.US_ASCII)
        .contains("frozen 1")) {
      if (System.nanoTime() > deadline) {
        throw new GodwitException(
            EngineError.KERNEL_CALL,
            "the processes of " + cgroup + " cannot be held",
            "the kernel does not report the cgroup as frozen",
            "look for processes in uninterruptible sleep in it");
      }
      Thread.onSpinWait();
    }
  }
}
