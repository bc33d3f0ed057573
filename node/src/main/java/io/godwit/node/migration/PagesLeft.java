package io.godwit.node.migration;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.engine.EngineLimits;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.image.ObjectId;
import io.godwit.node.NodeLimits;
import io.godwit.wire.FrameKind;
import io.godwit.wire.PageChannel;
import io.godwit.wire.PageForm;
import io.godwit.wire.PageServer;
import io.godwit.wire.WireError;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
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

  private final String pod;
  private final PageServer.Session session;
  private final Set<PageForm> forms;
  private final CountDownLatch done = new CountDownLatch(1);
  private final List<Runnable> afterwards = new ArrayList<>();
  private final long since = System.nanoTime();
  private ProcessMover.@Nullable Departure departure;
  private volatile @Nullable PageChannel channel;
  private volatile PageRuns.@Nullable Writer pages;
  private volatile boolean closed;
  private volatile long nanos;

  /**
   * Nothing is answered before {@link #serve}.
   *
   * @param forms of pages that the destination understands
   */
  PagesLeft(String pod, PageServer.Session session, Set<PageForm> forms) {
    this.pod = pod;
    this.forms = forms;
    this.session = session;
  }

  /** Begins to answer; before the commit, since the first request may come right behind it. */
  void serve(ProcessMover.Departure frozen) {
    departure = frozen;
    Thread.ofPlatform().daemon().name("godwit-left-" + pod).start(this::work);
  }

  private void work() {
    try {
      PageOrigin origin = java.util.Objects.requireNonNull(departure).serve(this);
      while (!closed) {
        PageChannel next = session.accept(NodeLimits.LEFT_PAGES_WAIT);
        pages = new PageRuns.Writer(next, forms);
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
      LOG.log(Level.WARNING, "nobody asks for the pages of {0}: {1}", pod, nobody.getMessage());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } finally {
      finish();
    }
  }

  /** True when the destination has all. */
  private static boolean take(PageOrigin origin, PageChannel.Frame frame) {
    if (frame.kind() == FrameKind.TAKEN) {
      return true;
    }
    if (frame.kind() != FrameKind.DEMAND) {
      throw garbage("it sends a frame of kind " + frame.kind());
    }
    int length = frame.payload().remaining() == 8 ? frame.payload().getInt(0) : -1;
    long start = frame.address();
    if (length <= 0
        || length > EngineLimits.PAGE_CHUNK
        || ((start | length) & (EngineLimits.PAGE_SIZE - 1)) != 0
        || start < 0
        || start + length < 0) {
      throw garbage("it asks for " + length + " bytes at " + start);
    }
    origin.request(
        new ObjectId(frame.space()),
        new AddressRange(start, start + length),
        frame.payload().getInt(4) == 1);
    return false;
  }

  private static GodwitException garbage(String why) {
    return new GodwitException(
        WireError.GARBAGE,
        "answering for pages that were left",
        why,
        "run the same version of Godwit on both nodes");
  }

  @Override
  public void arrived(ObjectId space, long address, ByteBuffer content) {
    PageRuns.Writer now = pages;
    try {
      if (now != null) {
        now.send(space.number(), address, content);
      }
    } catch (GodwitException broken) {
      untaken(broken);
    }
  }

  @Override
  public void answered(ObjectId space, AddressRange range, boolean urgent) {
    ByteBuffer numbers = ByteBuffer.allocate(8);
    numbers.putInt((int) range.length()).putInt(urgent ? 1 : 0).flip();
    send(FrameKind.ANSWERED, space, range.start(), numbers);
  }

  private void send(FrameKind kind, ObjectId space, long address, ByteBuffer content) {
    PageChannel now = channel;
    try {
      if (now != null) {
        now.send(kind, space.number(), address, content);
      }
    } catch (GodwitException broken) {
      untaken(broken);
    }
  }

  /** Whoever takes the requests finds it out too; the destination asks again. */
  private void untaken(GodwitException broken) {
    LOG.log(Level.DEBUG, "pages of {0} were not taken: {1}", pod, broken.getMessage());
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
    if (departure == null) {
      finish();
    }
  }
}
