package io.godwit.node.migration;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.engine.pages.OrderedOrigin;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.image.ObjectId;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.node.store.PageFileReader;
import io.godwit.node.store.PageStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The destination's side of flushing into a directory that it sees: reads the pages that a process
 * lacks from the file that its source has left there, and removes the file when it has all.
 *
 * <p>What cannot be read is tried again on and on. When that fails for {@link
 * NodeLimits#PAGES_BEHIND_PATIENCE}, or what is read is damaged, the pages are told to be lost, and
 * told when they are found. A file system that does not answer, as one over the network may, is
 * noticed too.
 *
 * <p>Threads: one reads and answers, another one watches it.
 */
final class StoredPages implements AwaitedPages, ProcessMover.PagesBehind {
  private static final Logger LOG = System.getLogger(StoredPages.class.getName());
  private static final long PAUSE_NANOS = 200_000_000;
  private static final long LONG_PAUSE_NANOS = 2_000_000_000;
  private static final long TOUCH_NANOS = Duration.ofMinutes(30).toNanos();

  private final String pod;
  private final ProcessMover.Way way;
  private final PageStore store;
  private final boolean own;
  private final Runnable atEnd;
  private final ReentrantLock reading = new ReentrantLock();
  private @Nullable PageFileReader file; // from "to" on guarded by reading
  private @Nullable PageOrigin origin;
  private volatile PageOrigin.@Nullable Answers told;
  private boolean lost; // guarded by this
  private volatile long readingSince;
  private volatile boolean closed;

  /**
   * Nothing is read yet.
   *
   * @param own whether nobody else removes the file when the process is not taken
   * @param atEnd called when no page is needed any more
   */
  StoredPages(String pod, ProcessMover.Way way, PageStore store, boolean own, Runnable atEnd) {
    this.pod = pod;
    this.way = way;
    this.store = store;
    this.own = own;
    this.atEnd = atEnd;
  }

  @Override
  public void open() {
    if (file == null) {
      file = store.open(way.migration());
    }
  }

  @Override
  public ProcessMover.PagesBehind to(PageOrigin.Answers answers) {
    told = answers;
    OrderedOrigin ordered = new OrderedOrigin(this::read, answers);
    origin = new PacedOrigin(pod, new Ending(ordered), new Pace(bandwidth()));
    Thread.ofPlatform().daemon().name("godwit-stored-watch-" + pod).start(this::watch);
    return this;
  }

  @Override
  public ProcessMover.Way way() {
    return way;
  }

  @Override
  public String where() {
    return "the page store " + store.directory();
  }

  @Override
  public void request(ObjectId space, AddressRange range, boolean urgent) {
    PageOrigin asked = origin;
    if (asked != null) {
      asked.request(space, range, urgent);
    }
  }

  /** As the order said by which it came; without limit where that cannot be read yet. */
  private long bandwidth() {
    reading.lock();
    try {
      open();
      PageFileReader opened = file;
      return opened == null ? 0 : opened.facts().bandwidth();
    } catch (GodwitException away) {
      LOG.log(Level.DEBUG, "the pages of {0} are away: {1}", pod, away.getMessage());
      return 0;
    } finally {
      reading.unlock();
    }
  }

  /** Does not wait for its thread, which may hang in a file system. */
  private record Ending(OrderedOrigin ordered) implements PageOrigin {
    @Override
    public void request(ObjectId space, AddressRange range, boolean urgent) {
      ordered.request(space, range, urgent);
    }

    @Override
    public void close() {
      ordered.end();
    }
  }

  private void read(ObjectId space, AddressRange range, PageOrigin.Answers answers) {
    reading.lock();
    try {
      readOnAndOn(space, range, answers);
    } finally {
      reading.unlock();
    }
  }

  private void readOnAndOn(ObjectId space, AddressRange range, PageOrigin.Answers answers) {
    long since = System.nanoTime();
    while (!closed) {
      readingSince = System.nanoTime() | 1;
      try {
        open();
        PageFileReader opened = file;
        if (opened != null) {
          opened.read(space, range, answers);
        }
        tell(null);
        return;
      } catch (GodwitException failed) {
        drop();
        boolean damaged = failed.code() == NodeError.PAGE_STORE_DAMAGED;
        if (damaged || System.nanoTime() - since > NodeLimits.PAGES_BEHIND_PATIENCE.toNanos()) {
          tell(failed.what() + ": " + failed.why());
        }
      } finally {
        readingSince = 0;
      }
      LockSupport.parkNanos(isLost() ? LONG_PAUSE_NANOS : PAUSE_NANOS);
    }
  }

  private synchronized boolean isLost() {
    return lost;
  }

  /** That pages are lost, and why, or with null that they are there. */
  private synchronized void tell(@Nullable String why) {
    PageOrigin.Answers answers = told;
    if (answers == null || closed) {
      return;
    }
    if (why != null) {
      lost = true;
      answers.lost(why);
    } else if (lost) {
      lost = false;
      answers.found();
      LOG.log(Level.INFO, "the pages of {0} come again", pod);
    }
  }

  private void watch() {
    long touched = System.nanoTime();
    while (!closed) {
      LockSupport.parkNanos(LONG_PAUSE_NANOS);
      long began = readingSince;
      long now = System.nanoTime();
      if (began != 0 && now - began > NodeLimits.PAGES_BEHIND_PATIENCE.toNanos()) {
        tell(where() + " does not answer");
      } else if (now - touched > TOUCH_NANOS) {
        touched = now;
        store.touch(way.migration());
      }
    }
    reading.lock(); // perhaps for ever, where the file system hangs
    try {
      drop();
    } finally {
      reading.unlock();
    }
  }

  private void drop() {
    PageFileReader opened = file;
    file = null;
    if (opened != null) {
      opened.close();
    }
  }

  @Override
  public void complete() {
    close();
    store.remove(way.migration());
  }

  @Override
  public void close() {
    closed = true;
    PageOrigin asked = origin;
    if (asked == null) {
      drop();
    } else {
      asked.close();
    }
    if (own) {
      store.remove(way.migration());
    }
    atEnd.run();
  }

  @Override
  public void closeUnused() {
    if (origin == null) {
      close();
    }
  }
}
