package io.godwit.node.home;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What one client has still to be given, and the thread that gives it. Guarded by its own monitor,
 * which is taken after the console's, never before.
 */
final class ClientQueue {
  /** Above this the program is held up for the client that has the input. */
  private static final long BEHIND_BYTES = 256 << 10;

  /** Above this a client without the input misses output. */
  private static final long MISSED_BYTES = 4L << 20;

  private sealed interface Item {
    @SuppressWarnings("ArrayRecordComponent") // never changed
    record Output(ConsoleStream stream, byte[] bytes) implements Item {}

    record Ended(ConsoleStream stream) implements Item {}

    record Missed(long bytes) implements Item {}
  }

  private final ConsoleClient client;
  private final Runnable caughtUp;
  private final boolean input;
  private final Deque<Item> items = new ArrayDeque<>();
  private long queued;
  private long missed;
  private boolean stopped;

  /**
   * @param caughtUp called without any monitor when the client is no longer behind
   */
  ClientQueue(ConsoleClient client, Runnable caughtUp, boolean input) {
    this.client = client;
    this.caughtUp = caughtUp;
    this.input = input;
  }

  void start() {
    Thread.ofVirtual().name("godwit-console-client").start(this::deliver);
  }

  synchronized boolean isBehind() {
    return !stopped && queued > BEHIND_BYTES;
  }

  synchronized void offer(ConsoleStream stream, byte[] bytes) {
    if (!input && queued + bytes.length > MISSED_BYTES) {
      missed += bytes.length;
      return;
    }
    if (missed > 0) {
      items.add(new Item.Missed(missed));
      missed = 0;
    }
    replay(stream, bytes);
  }

  /** Output that the client asked for: never missed. */
  synchronized void replay(ConsoleStream stream, byte[] bytes) {
    items.add(new Item.Output(stream, bytes));
    queued += bytes.length;
    notifyAll();
  }

  synchronized void end(ConsoleStream stream) {
    if (missed > 0) {
      items.add(new Item.Missed(missed));
      missed = 0;
    }
    items.add(new Item.Ended(stream));
    notifyAll();
  }

  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  private synchronized Item next() throws InterruptedException {
    while (items.isEmpty()) {
      if (stopped) {
        throw new InterruptedException();
      }
      wait();
    }
    return items.removeFirst();
  }

  private synchronized boolean given(int bytes) {
    boolean behind = queued > BEHIND_BYTES;
    queued -= bytes;
    return behind && queued <= BEHIND_BYTES;
  }

  private void deliver() {
    try {
      while (true) {
        switch (next()) {
          case Item.Output(ConsoleStream stream, byte[] bytes) -> {
            client.output(stream, bytes);
            if (given(bytes.length)) {
              caughtUp.run();
            }
          }
          case Item.Ended(ConsoleStream stream) -> client.ended(stream);
          case Item.Missed(long bytes) -> client.missed(bytes);
        }
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }
}
