package io.godwit.wire;

import io.godwit.core.GodwitException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Closes page channels on which nothing moves in the middle of a frame, and whatever else is not
 * done in its time: blocking socket channels know no time limit of their own, and TCP goes on for a
 * quarter of an hour to send what nobody takes.
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

  /** From now on that long is given to what may block on {@code closed}. */
  Limit limit(Closeable closed, Duration time) {
    return new Limit(closed, time);
  }

  /** Closes something unless what it is there for is done in time. */
  final class Limit implements AutoCloseable {
    private final Duration time;
    private final AtomicBoolean decided = new AtomicBoolean();
    private final Future<?> end;
    private volatile boolean passed;

    private Limit(Closeable closed, Duration time) {
      this.time = time;
      try {
        this.end = timer.schedule(() -> pass(closed), time.toMillis(), TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException stopping) {
        throw new GodwitException(
            WireError.CUT,
            "opening a page channel",
            "the daemon of this node stops",
            "start it again",
            stopping);
      }
    }

    private void pass(Closeable closed) {
      if (!decided.compareAndSet(false, true)) {
        return;
      }
      passed = true;
      try {
        closed.close();
      } catch (IOException gone) {
        // Whoever waits for it finds that out.
        return;
      }
    }

    /** It is done; false if that comes too late. */
    boolean met() {
      return decided.compareAndSet(false, true);
    }

    /** What a failure really is: the time was over, or what it says. */
    GodwitException cause(String what, GodwitException failed) {
      return passed
          ? new GodwitException(
              WireError.TIMEOUT,
              what,
              "the other side did not answer within " + time.toSeconds() + " s",
              "check the network and the load of the other node",
              failed)
          : failed;
    }

    @Override
    public void close() {
      decided.set(true);
      end.cancel(false);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
