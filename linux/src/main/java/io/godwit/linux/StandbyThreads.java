package io.godwit.linux;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that were started before they are needed. Whoever starts a thread waits until it has had
 * a processor once, which on a busy machine takes milliseconds; while a process stands still that
 * is too long. Each of these runs one task and ends, as any other thread does. Safe from any
 * thread.
 */
public final class StandbyThreads {
  /** As many as one freeze takes on one side, twice. */
  private static final int RESERVE = 8;

  private static final ConcurrentLinkedQueue<Standby> WAITING = new ConcurrentLinkedQueue<>();

  private StandbyThreads() {}

  /** One that waits for its task. */
  private static final class Standby extends Thread {
    private volatile @Nullable Runnable task;

    Standby() {
      super("godwit-standby");
      setDaemon(true);
    }

    @Override
    public void run() {
      Runnable known = task;
      while (known == null) {
        LockSupport.park(this);
        known = task;
      }
      try (Scheduling.Hurry _ = Scheduling.hurry()) {
        known.run();
      }
    }
  }

  /** Makes up the reserve. To be called where nothing stands still. */
  public static void fill() {
    for (int missing = RESERVE - WAITING.size(); missing > 0; missing--) {
      Standby thread = new Standby();
      thread.start();
      WAITING.add(thread);
    }
  }

  /**
   * Runs a task on a thread of the reserve, or on a new one where there is none left. It goes
   * before other threads ({@link Scheduling#hurry}): it works for a process that stands still or
   * waits.
   *
   * @param name the thread's
   */
  public static Thread start(String name, Runnable task) {
    Standby thread = WAITING.poll();
    if (thread == null) {
      thread = new Standby();
      thread.start();
    }
    thread.setName(name);
    thread.task = task;
    LockSupport.unpark(thread);
    return thread;
  }
}
