package io.godwit.node.migration;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps what is sent within a rate, on average and from the first byte on. Safe for use by several
 * threads, which share the rate.
 */
final class Pace {
  private static final double SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final long bytesPerSecond;
  private long freeAt = System.nanoTime(); // guarded by this

  /**
   * @param bytesPerSecond 0 is no limit
   */
  Pace(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  /** Whether there is a limit. */
  boolean limits() {
    return bytesPerSecond > 0;
  }

  /** Waits until so many bytes may go. */
  void await(long bytes) {
    if (limits()) {
      long at = reserve(bytes);
      for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
        LockSupport.parkNanos(left);
        if (Thread.currentThread().isInterrupted()) {
          return;
        }
      }
    }
  }

  /** Counts bytes that could not wait: later ones wait for them. */
  void count(long bytes) {
    if (limits()) {
      var _ = reserve(bytes);
    }
  }

  private synchronized long reserve(long bytes) {
    long at = Math.max(freeAt, System.nanoTime());
    freeAt = at + (long) (bytes * SECOND_NANOS / bytesPerSecond);
    return at;
  }
}
