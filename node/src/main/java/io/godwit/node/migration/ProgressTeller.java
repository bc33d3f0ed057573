package io.godwit.node.migration;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Tells an observer of a migration's progress from another thread than the migration's: who follows
 * may be a terminal that somebody has stopped, and a process that stands still does not wait for
 * it. What such a one has no room for is left out.
 */
final class ProgressTeller implements MigrationObserver, AutoCloseable {
  /** Twice the phases of a migration, and bytes; those are told again anyway. */
  private static final int MOST_WAITING = 64;

  /** How long a migration that has ended waits for one who does not listen. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  /** What is told. */
  private record Told(Phase phase, long bytes, long expected, long elapsedNanos, boolean last) {}

  private final MigrationObserver observer;
  private final BlockingQueue<Told> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
  private final Thread thread;

  ProgressTeller(MigrationObserver observer) {
    this.observer = observer;
    this.thread = Thread.ofVirtual().name("godwit-progress").start(this::work);
  }

  @Override
  public void progress(Phase phase, long bytes, long expected, long elapsedNanos) {
    var _ = waiting.offer(new Told(phase, bytes, expected, elapsedNanos, false));
  }

  private void work() {
    try {
      for (Told next = waiting.take(); !next.last(); next = waiting.take()) {
        observer.progress(next.phase(), next.bytes(), next.expected(), next.elapsedNanos());
      }
    } catch (InterruptedException nobodyDoes) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns when all has been told, or nobody listens. */
  @Override
  public void close() {
    Told end = new Told(Phase.RESUME, 0, 0, 0, true);
    try {
      if (waiting.offer(end, LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
        var _ = thread.join(LAST_WORDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
