package io.godwit.node.migration;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.image.ObjectId;
import io.godwit.linux.StandbyThreads;
import io.godwit.node.NodeLimits;
import io.godwit.wire.FrameKind;
import io.godwit.wire.PageChannel;
import io.godwit.wire.PageForm;
import io.godwit.wire.PageServer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The source's side of a residual dependency: answers for the pages that were left, until the
 * destination has all of them. A new connection takes the place of the one before, which may be
 * dead without anybody having been told. While there is none the destination is asked whether it
 * still needs anything: only when it says no, or nobody comes for {@link
 * NodeLimits#LEFT_PAGES_WAIT}, does this end.
 *
 * <p>Threads: one waits for connections, one takes the requests of the newest, the origin's answers
 * them.
 */
final class PagesLeft implements PageOrigin.Answers, AutoCloseable {
  private static final Logger LOG = System.getLogger(PagesLeft.class.getName());

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final String pod;
  private final NodeId taker;
  private final PageServer.Session session;
  private final Set<PageForm> forms;
  private final BooleanSupplier unneeded;
  private final Runnable atEnd;
  private final CountDownLatch done = new CountDownLatch(1);
  private final List<Runnable> afterwards = new ArrayList<>(); // guarded by this
  private final Object sending = new Object();
  private final long since = System.nanoTime();
  private boolean serving;
  private volatile boolean settled;
  private volatile @Nullable PageChannel channel;
  private PageRuns.@Nullable Writer
      writer; // for the channel of the same moment; guarded by sending
  private volatile boolean closed;
  private volatile long lastTaken = since;
  private volatile long nanos;

  /**
   * Nothing is answered before {@link #serve}.
   *
   * @param taker the node that may ask
   * @param forms of pages that it understands
   * @param unneeded asks it whether it needs nothing of this; false when it does not say
   * @param atEnd called when nothing is needed any more
   */
  PagesLeft(
      String pod,
      NodeId taker,
      PageServer.Session session,
      Set<PageForm> forms,
      BooleanSupplier unneeded,
      Runnable atEnd) {
    this.pod = pod;
    this.taker = taker;
    this.session = session;
    this.forms = forms;
    this.unneeded = unneeded;
    this.atEnd = atEnd;
  }

  NodeId taker() {
    return taker;
  }

  /** What opens the session. */
  byte[] secret() {
    return session.secret();
  }

  /** Begins to answer; before the commit, since the first request may come right behind it. */
  void serve(Function<PageOrigin.Answers, PageOrigin> from, Pace pace) {
    serving = true;
    StandbyThreads.start("godwit-left-" + pod, () -> work(from, pace));
  }

  private void work(Function<PageOrigin.Answers, PageOrigin> from, Pace pace) {
    try (PacedOrigin origin = new PacedOrigin(pod, from.apply(this), pace)) {
      for (PageChannel next = accept(); next != null; next = accept()) {
        PageChannel taken = next;
        drop();
        origin.forget(); // the new taker asks for what it has not got
        synchronized (sending) {
          writer = new PageRuns.Writer(taken, forms);
          synchronized (this) {
            channel = closed ? null : taken;
          }
        }
        if (closed) {
          taken.close();
        } else {
          StandbyThreads.start("godwit-left-taker-" + pod, () -> take(origin, taken));
        }
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } finally {
      finish();
    }
  }

  /** Waits for a taker; null at the end. */
  private @Nullable PageChannel accept() throws InterruptedException {
    long asked = System.nanoTime();
    while (!closed) {
      try {
        return session.accept(LOOK_AGAIN);
      } catch (GodwitException nobody) {
        long now = System.nanoTime();
        if (channel != null || closed) {
          lastTaken = now;
        } else if (now - lastTaken > NodeLimits.LEFT_PAGES_WAIT.toNanos()) {
          LOG.log(Level.WARNING, "nobody asks for the pages of {0}: they are given up", pod);
          settled = true;
          return null;
        } else if (now - Math.max(asked, lastTaken) > NodeLimits.LEFT_PAGES_ASK.toNanos()) {
          asked = now;
          if (unneeded.getAsBoolean()) {
            LOG.log(Level.INFO, "node {0} needs no page of {1} any more", taker, pod);
            settled = true;
            return null;
          }
        }
      }
    }
    return null;
  }

  private void take(PacedOrigin origin, PageChannel from) {
    try {
      boolean all = false;
      while (!all) {
        all = take(origin, from.receive());
      }
      settled = true;
      finish();
    } catch (GodwitException broken) {
      LOG.log(
          closed || channel != from ? Level.DEBUG : Level.WARNING,
          "the connection for the pages of {0} broke: {1}",
          pod,
          broken.getMessage());
    } finally {
      synchronized (this) {
        if (channel == from) {
          channel = null;
        }
      }
      from.close();
    }
  }

  /** True when the destination has all. */
  private boolean take(PageOrigin origin, PageChannel.Frame frame) {
    switch (frame.kind()) {
      case TAKEN -> {
        return true;
      }
      case MARK -> answer(to -> to.send(FrameKind.MARK, 0, 0));
      default -> {
        PageDemand demand = PageDemand.of(frame, FrameKind.DEMAND);
        origin.request(demand.space(), demand.range(), demand.urgent());
      }
    }
    return false;
  }

  @Override
  public void arrived(ObjectId space, long address, ByteBuffer content) {
    answer(
        to -> {
          PageRuns.Writer pages = writer;
          if (pages != null) {
            pages.send(space.number(), address, content);
          }
        });
  }

  @Override
  public void answered(ObjectId space, AddressRange range, boolean urgent) {
    answer(to -> new PageDemand(space, range, urgent).send(to, FrameKind.ANSWERED));
  }

  private void answer(Consumer<PageChannel> how) {
    synchronized (sending) {
      PageChannel now = channel;
      try {
        if (now != null) {
          how.accept(now);
        }
      } catch (GodwitException broken) {
        // Whoever takes the requests finds it out too; the destination asks again.
        LOG.log(Level.DEBUG, "pages of {0} were not taken: {1}", pod, broken.getMessage());
      }
    }
  }

  @Override
  public void lost(String why) {
    LOG.log(Level.WARNING, "the pages of {0} that were left are lost: {1}", pod, why);
    close();
  }

  private void finish() {
    List<Runnable> todo;
    synchronized (this) {
      closed = true;
      if (done.getCount() == 0) {
        return;
      }
      nanos = System.nanoTime() - since;
      session.close();
      atEnd.run();
      done.countDown();
      todo = List.copyOf(afterwards);
      afterwards.clear();
    }
    drop(); // the origin, which may be about to send, must not be waited for
    todo.forEach(Runnable::run);
  }

  private void drop() {
    PageChannel now;
    synchronized (this) {
      now = channel;
      channel = null;
    }
    if (now != null) {
      now.close();
    }
  }

  /** Does something as soon as nothing is needed any more; at once if that is so already. */
  void afterwards(Runnable what) {
    synchronized (this) {
      if (done.getCount() > 0) {
        afterwards.add(what);
        return;
      }
    }
    what.run();
  }

  /** Whether nobody will ever ask again; not where this was closed, or the pages were lost. */
  boolean isSettled() {
    return settled;
  }

  /** Waits until nothing is needed any more. */
  void await() throws InterruptedException {
    done.await();
  }

  /** How long pages were left, or have been until now. */
  long nanos() {
    return done.getCount() == 0 ? nanos : System.nanoTime() - since;
  }

  /** Stops to answer. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    session.close();
    drop();
    if (!serving) {
      finish();
    }
  }
}
