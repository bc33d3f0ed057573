package io.godwit.node.migration;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.engine.pages.PageSource;
import io.godwit.image.ObjectId;
import io.godwit.linux.StandbyThreads;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.wire.FrameKind;
import io.godwit.wire.PageChannel;
import io.godwit.wire.WireError;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The destination's side of a residual dependency: asks the source for pages. A connection that
 * breaks is opened again, and everything that was not answered is asked for once more. When that
 * fails for {@link NodeLimits#PAGES_BEHIND_PATIENCE}, or the source says that it has none, they are
 * told to be lost; it is tried nevertheless until this is closed, and told when they are found.
 *
 * <p>A machine or a cable that is gone says nothing, and TCP waits a quarter of an hour for it: a
 * mark that the source sends back tells that it is there, however slowly pages come. A connection
 * on which nothing has come for {@link NodeLimits#PAGES_BEHIND_SILENCE} counts as broken.
 *
 * <p>Threads: requests come from any, answers are given by one of this, another one sends marks.
 * Its lock is never held while the answers' own lock is asked for.
 */
final class RemotePages implements AwaitedPages, ProcessMover.PagesBehind {
  private static final Logger LOG = System.getLogger(RemotePages.class.getName());
  private static final long PAUSE_NANOS = 200_000_000;
  private static final long LONG_PAUSE_NANOS = 2_000_000_000;
  private static final long MARK_NANOS = 2_000_000_000;
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private final String pod;
  private final ProcessMover.Way way;
  private final Supplier<PageChannel> connect;
  private final Runnable atEnd;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<PageDemand> open = new LinkedHashSet<>(); // guarded by the lock
  private volatile @Nullable Thread receiver;
  private volatile @Nullable PageChannel channel; // sent to under the lock
  private volatile long heard = System.nanoTime();
  private volatile boolean closed;

  private RemotePages(
      String pod,
      ProcessMover.Way way,
      Supplier<PageChannel> connect,
      Runnable atEnd,
      @Nullable PageChannel channel) {
    this.pod = pod;
    this.way = way;
    this.connect = connect;
    this.atEnd = atEnd;
    this.channel = channel;
  }

  /**
   * Connects at once, so that a way that is barred is found before the process is frozen.
   *
   * @param atEnd called when no page is needed any more
   */
  static RemotePages connect(
      String pod, ProcessMover.Way way, Supplier<PageChannel> connect, Runnable atEnd) {
    return new RemotePages(pod, way, connect, atEnd, connect.get());
  }

  /** As above, as soon as it can be done. */
  static RemotePages connectLater(
      String pod, ProcessMover.Way way, Supplier<PageChannel> connect, Runnable atEnd) {
    return new RemotePages(pod, way, connect, atEnd, null);
  }

  @Override
  public void open() {
    if (channel == null) {
      channel = connect.get();
    }
  }

  @Override
  public ProcessMover.PagesBehind to(PageOrigin.Answers answers) {
    heard = System.nanoTime();
    receiver = StandbyThreads.start("godwit-behind-" + pod, () -> work(answers));
    StandbyThreads.start("godwit-behind-watch-" + pod, this::watch);
    return this;
  }

  @Override
  public ProcessMover.Way way() {
    return way;
  }

  @Override
  public String where() {
    return "node " + way.node();
  }

  @Override
  public void request(ObjectId space, AddressRange range, boolean urgent) {
    PageDemand request = new PageDemand(space, range, urgent);
    lock.lock();
    try {
      PageChannel now = channel;
      if (open.add(request) && now != null) {
        request.send(now, FrameKind.DEMAND);
      }
    } catch (GodwitException broken) {
      // The thread that receives finds it out too, and asks again.
      LOG.log(Level.DEBUG, "asking for pages of {0}: {1}", pod, broken.getMessage());
    } finally {
      lock.unlock();
    }
  }

  /** Closes a connection on which nothing comes: who receives from it finds that out. */
  private void watch() {
    while (!closed) {
      LockSupport.parkNanos(MARK_NANOS);
      PageChannel now = channel;
      if (now == null) {
        continue;
      }
      if (System.nanoTime() - heard > NodeLimits.PAGES_BEHIND_SILENCE.toNanos()) {
        LOG.log(Level.WARNING, "node {0} is silent about the pages of {1}", way.node(), pod);
        now.close();
      } else {
        mark(now);
      }
    }
  }

  private void mark(PageChannel now) {
    if (!lock.tryLock()) {
      return; // somebody sends
    }
    try {
      now.send(FrameKind.MARK, 0, 0);
    } catch (GodwitException broken) {
      LOG.log(Level.DEBUG, "asking whether the source of {0} is there: {1}", pod, broken);
    } finally {
      lock.unlock();
    }
  }

  private void work(PageOrigin.Answers answers) {
    while (!closed) {
      PageChannel now = channel;
      try {
        if (now == null) {
          throw new GodwitException(
              WireError.CUT, "asking for pages of " + pod, "there is no connection", "wait");
        }
        while (true) {
          PageChannel.Frame frame = now.receive();
          heard = System.nanoTime();
          answer(frame, answers);
          heard = System.nanoTime();
        }
      } catch (RuntimeException broken) { // whatever came, the program still waits
        if (closed) {
          return;
        }
        if (now != null) {
          LOG.log(Level.WARNING, "the way to the pages of {0} broke: {1}", pod, broken);
        }
        if (!(broken instanceof GodwitException)) {
          LockSupport.parkNanos(LONG_PAUSE_NANOS);
        }
        reconnect(answers);
      }
    }
  }

  private void answer(PageChannel.Frame frame, PageOrigin.Answers answers) {
    switch (frame.kind()) {
      case PAGES, RUNS, SPARSE -> give(PageRuns.Reader.of(frame), answers);
      case MARK -> {
        // It is there.
      }
      default -> {
        PageDemand request = PageDemand.of(frame, FrameKind.ANSWERED);
        boolean asked;
        lock.lock();
        try {
          asked = open.remove(request);
        } finally {
          lock.unlock();
        }
        if (asked) {
          answers.answered(request.space(), request.range(), request.urgent());
        }
      }
    }
  }

  private static void give(PageRuns.Reader pages, PageOrigin.Answers answers) {
    for (ProcessMover.PageSource.Run run = pages.next(); run != null; run = pages.next()) {
      ObjectId space = new ObjectId(run.object());
      if (run.zeros() == PageSource.Zeros.ALL) {
        answers.arrivedZeros(space, run.address(), run.content());
      } else {
        answers.arrived(space, run.address(), run.content());
      }
    }
  }

  private void reconnect(PageOrigin.Answers answers) {
    drop();
    long deadline = System.nanoTime() + NodeLimits.PAGES_BEHIND_PATIENCE.toNanos();
    boolean told = false;
    while (!closed) {
      try {
        begin(connect.get());
        LOG.log(Level.INFO, "the pages of {0} come again", pod);
        answers.found();
        return;
      } catch (GodwitException notYet) {
        LOG.log(Level.DEBUG, "the pages of {0} are out of reach: {1}", pod, notYet.getMessage());
        boolean gone = notYet.code().code().equals(NodeError.PAGES_LOST.code());
        if (!told && (gone || System.nanoTime() > deadline)) {
          told = true;
          answers.lost(String.valueOf(notYet.getMessage()));
        }
        LockSupport.parkNanos(told ? LONG_PAUSE_NANOS : PAUSE_NANOS);
      }
    }
  }

  /** Asks for everything again. */
  private void begin(PageChannel next) {
    lock.lock();
    try {
      heard = System.nanoTime();
      channel = next;
      for (PageDemand request : open) {
        request.send(next, FrameKind.DEMAND);
      }
    } finally {
      lock.unlock();
    }
  }

  private void drop() {
    PageChannel old = channel;
    channel = null;
    if (old != null) {
      old.close();
    }
  }

  @Override
  public void complete() {
    closed = true;
    for (int i = 0; i < 2; i++) {
      try {
        PageChannel now = channel;
        if (now == null) {
          now = connect.get();
          channel = now;
        }
        lock.lock();
        try {
          now.send(FrameKind.TAKEN, 0, 0);
        } finally {
          lock.unlock();
        }
        break;
      } catch (GodwitException broken) {
        drop();
        LOG.log(Level.DEBUG, "the source of {0} is not told that it has all: {1}", pod, broken);
      }
    }
    awaitReceiver();
    close();
  }

  /** The source closes when it has read the word, and closing before it might take it back. */
  private void awaitReceiver() {
    Thread receiving = receiver;
    try {
      if (receiving != null && !receiving.equals(Thread.currentThread())) {
        receiving.join(FAREWELL);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
    drop();
    atEnd.run();
  }

  @Override
  public void closeUnused() {
    if (receiver == null) {
      close();
    }
  }
}
