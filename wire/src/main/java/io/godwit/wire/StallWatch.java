package io.godwit.wire;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Closes page channels on which nothing moves in the middle of a frame: blocking socket channels
 * know no time limit of their own.
 */
public final class StallWatch implements AutoCloseable {
  private final Set<PageChannel> channels = ConcurrentHashMap.newKeySet();
  private final long limitNanos;
  private final ScheduledExecutorService timer;

  /** Gives a channel that long. */
  public StallWatch(Duration limit) {
    this.limitNanos = limit.toNanos();
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("godwit-stall-watch").factory());
    long period = Math.max(1, limit.toMillis() / 4);
    var _ = timer.scheduleAtFixedRate(this::look, period, period, TimeUnit.MILLISECONDS);
  }

  void watch(PageChannel channel) {
    channels.add(channel);
  }

  void forget(PageChannel channel) {
    channels.remove(channel);
  }

  private void look() {
    long now = System.nanoTime();
    for (PageChannel channel : channels) {
      if (channel.stalledSince(now) > limitNanos) {
        channel.giveUp();
      }
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
