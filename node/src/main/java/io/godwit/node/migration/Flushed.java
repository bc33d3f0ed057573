package io.godwit.node.migration;

import io.godwit.core.GodwitException;
import io.godwit.node.NodeLimits;
import io.godwit.wire.proto.Open;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/**
 * The pages that one process leaves in a page store, as its source sees them. The process' copy
 * here is not needed for them. One thread.
 */
final class Flushed implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Flushed.class.getName());
  private static final long ASK_MILLIS = 50;

  private final PageFlush pages;
  private final ProcessMover.Way taker;
  private final LeftBehind residuals;
  private boolean needed = true;
  private long leftAt;
  private long takenAt;

  /**
   * Begins.
   *
   * @param taker the destination
   */
  Flushed(PageFlush pages, ProcessMover.Way taker, LeftBehind residuals) {
    this.pages = pages;
    this.taker = taker;
    this.residuals = residuals;
  }

  void tell(Open.Builder open) {
    pages.tell(open);
  }

  ProcessMover.PageSink sink() {
    return pages;
  }

  long bytes() {
    return pages.bytes();
  }

  long zeroBytes() {
    return pages.zeroBytes();
  }

  void seal() {
    pages.seal();
  }

  /** Nobody will ask for any. */
  void forget() {
    if (needed) {
      needed = false;
      close();
      pages.remove();
    }
  }

  /** The process runs at its destination. */
  void left() {
    leftAt = needed ? System.nanoTime() : 0;
  }

  /** How long the process has needed the store, until now if it still does. */
  long nanos() {
    return leftAt == 0 ? 0 : (takenAt == 0 ? System.nanoTime() : takenAt) - leftAt;
  }

  /** Waits until the destination needs nothing of the store any more. */
  void await() throws InterruptedException {
    long deadline = System.nanoTime() + NodeLimits.LEFT_PAGES_WAIT.toNanos();
    while (leftAt != 0 && takenAt == 0 && System.nanoTime() < deadline) {
      if (residuals.unneeded(taker)) {
        takenAt = System.nanoTime();
      } else {
        TimeUnit.MILLISECONDS.sleep(ASK_MILLIS);
      }
    }
  }

  @Override
  public void close() {
    try {
      pages.close();
    } catch (GodwitException stays) {
      LOG.log(Level.WARNING, "{0}", stays.getMessage());
    }
  }
}
