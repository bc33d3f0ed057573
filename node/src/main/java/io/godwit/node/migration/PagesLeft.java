package io.godwit.node.migration;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.image.ObjectId;
import io.godwit.node.NodeLimits;
import io.godwit.wire.FrameKind;
import io.godwit.wire.PageChannel;
import io.godwit.wire.PageServer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The source's side of a residual dependency: answers for the pages that were left, until the
 * destination has all of them. A connection that breaks may be opened again; only when nobody comes
 * for {@link NodeLimits#LEFT_PAGES_WAIT} is the destination taken for gone.
 *
 * <p>Threads: one takes requests, the origin's answers them.
 */
final class PagesLeft implements PageOrigin.Answers, AutoCloseable {
  private static final Logger LOG = System.getLogger(PagesLeft.class.getName());

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  private final String pod;
  private final NodeId taker;
  private final PageServer.Session session;
  private final Runnable atEnd;
  private final CountDownLatch done = new CountDownLatch(1);
  private final List<Runnable> afterwards = new ArrayList<>();
  private final long since = System.nanoTime();
  private boolean serving;
  private volatile @Nullable PageChannel channel;
  private volatile boolean closed;
  private volatile long nanos;

  /**
   * Nothing is answered before {@link #serve}.
   *
   * @param taker the node that may ask
   * @param atEnd called when nothing is needed any more
   */
  PagesLeft(String pod, NodeId taker, PageServer.Session session, Runnable atEnd) {
    this.pod = pod;
    this.taker = taker;
    this.session = session;
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
    Thread.ofPlatform().daemon().name("godwit-left-" + pod).start(() -> work(from, pace));
  }

  private void work(Function<PageOrigin.Answers, PageOrigin> from, Pace pace) {
    try (PacedOrigin origin = new PacedOrigin(pod, from.apply(this), pace)) {
      while (!closed) {
        PageChannel next = accept();
        channel = next;
        try {
          while (!take(origin, next.receive())) {
            // until all is taken
          }
          closed = true;
        } catch (GodwitException broken) {
          LOG.log(
              closed ? Level.DEBUG : Level.WARNING,
              "the connection for the pages of {0} broke: {1}",
              pod,
              broken.getMessage());
        } finally {
          next.close();
        }
      }
    } catch (GodwitException nobody) {
      LOG.log(
          closed ? Level.DEBUG : Level.WARNING,
          "nobody asks for the pages of {0}: {1}",
          pod,
          nobody.getMessage());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } finally {
      finish();
    }
  }

  /** Waits for a taker, but not beyond the end of this. */
  private PageChannel accept() throws InterruptedException {
    long deadline = System.nanoTime() + NodeLimits.LEFT_PAGES_WAIT.toNanos();
    while (true) {
      try {
        return session.accept(LOOK_AGAIN);
      } catch (GodwitException nobody) {
        if (closed || System.nanoTime() > deadline) {
          throw nobody;
        }
      }
    }
  }

  /** True when the destination has all. */
  private static boolean take(PageOrigin origin, PageChannel.Frame frame) {
    if (frame.kind() == FrameKind.TAKEN) {
      return true;
    }
    PageDemand demand = PageDemand.of(frame, FrameKind.DEMAND);
    origin.request(demand.space(), demand.range(), demand.urgent());
    return false;
  }

  @Override
  public void arrived(ObjectId space, long address, ByteBuffer content) {
    answer(to -> to.send(FrameKind.PAGES, space.number(), address, content));
  }

  @Override
  public void answered(ObjectId space, AddressRange range, boolean urgent) {
    answer(to -> new PageDemand(space, range, urgent).send(to, FrameKind.ANSWERED));
  }

  private void answer(java.util.function.Consumer<PageChannel> how) {
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

  @Override
  public void lost(String why) {
    LOG.log(Level.WARNING, "the pages of {0} that were left are lost: {1}", pod, why);
    close();
  }

  private void finish() {
    List<Runnable> todo;
    synchronized (this) {
      closed = true;
      nanos = System.nanoTime() - since;
      session.close();
      atEnd.run();
      done.countDown();
      todo = List.copyOf(afterwards);
      afterwards.clear();
    }
    todo.forEach(Runnable::run);
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
    closed = true;
    session.close();
    PageChannel now = channel;
    if (now != null) {
      now.close();
    }
    if (!serving) {
      finish();
    }
  }
}
