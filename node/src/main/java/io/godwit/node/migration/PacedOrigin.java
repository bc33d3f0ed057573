package io.godwit.node.migration;

import io.godwit.core.AddressRange;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.image.ObjectId;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Holds back requests for pages that nobody waits for, so that they keep to a rate; the others go
 * on at once, and count. One thread holds back.
 */
final class PacedOrigin implements PageOrigin {
  private final PageOrigin origin;
  private final Pace pace;
  private final BlockingQueue<PageDemand> waiting = new LinkedBlockingQueue<>();
  private final Thread thread;

  PacedOrigin(String pod, PageOrigin origin, Pace pace) {
    this.origin = origin;
    this.pace = pace;
    this.thread = Thread.ofPlatform().daemon().name("godwit-pace-" + pod).unstarted(this::work);
    if (pace.limits()) {
      thread.start();
    }
  }

  @Override
  public void request(ObjectId space, AddressRange range, boolean urgent) {
    if (urgent || !pace.limits()) {
      pace.count(range.length());
      origin.request(space, range, urgent);
    } else {
      waiting.add(new PageDemand(space, range, false));
    }
  }

  /** What waits need not go any more. */
  void forget() {
    waiting.clear();
  }

  private void work() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        PageDemand next = waiting.take();
        pace.await(next.range().length());
        origin.request(next.space(), next.range(), false);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the origin too. */
  @Override
  public void close() {
    thread.interrupt();
    origin.close();
  }
}
