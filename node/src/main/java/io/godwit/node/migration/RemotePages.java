package io.godwit.node.migration;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.engine.pages.PageSource;
import io.godwit.image.ObjectId;
import io.godwit.node.NodeLimits;
import io.godwit.wire.FrameKind;
import io.godwit.wire.PageChannel;
import io.godwit.wire.WireError;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The destination's side of a residual dependency: asks the source for pages. A connection that
 * breaks is opened again, and everything that was not answered is asked for once more; only when
 * that fails for {@link NodeLimits#PAGES_BEHIND_PATIENCE} are the pages given up.
 *
 * <p>Threads: requests come from any, answers are given by one of this. Its lock is never held
 * while the answers' own lock is asked for.
 */
final class RemotePages implements ProcessMover.PagesBehind {
  private static final Logger LOG = System.getLogger(RemotePages.class.getName());
  private static final long PAUSE_NANOS = 200_000_000;
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private record Request(ObjectId space, AddressRange range, boolean urgent) {}

  private final String pod;
  private final NodeId node;
  private final Supplier<PageChannel> connect;
  private final Set<Request> open = new LinkedHashSet<>(); // guarded by this
  private @Nullable Thread receiver; // guarded by this
  private @Nullable PageChannel channel; // guarded by this
  private volatile boolean closed;

  /** Connects at once, so that a way that is barred is found before the process is frozen. */
  RemotePages(String pod, NodeId node, Supplier<PageChannel> connect) {
    this.node = node;
    this.pod = pod;
    this.connect = connect;
    this.channel = connect.get();
  }

  /** From now on answers go there. */
  ProcessMover.PagesBehind to(PageOrigin.Answers answers) {
    synchronized (this) {
      receiver =
          Thread.ofPlatform().daemon().name("godwit-behind-" + pod).start(() -> work(answers));
    }
    return this;
  }

  @Override
  public NodeId node() {
    return node;
  }

  @Override
  public void request(ObjectId space, AddressRange range, boolean urgent) {
    synchronized (this) {
      Request request = new Request(space, range, urgent);
      if (!open.add(request) || channel == null) {
        return;
      }
      try {
        send(channel, request);
      } catch (GodwitException broken) {
        // The thread that receives finds it out too, and asks again.
        LOG.log(Level.DEBUG, "asking for pages of {0}: {1}", pod, broken.getMessage());
      }
    }
  }

  private static void send(PageChannel to, Request request) {
    ByteBuffer numbers = ByteBuffer.allocate(8);
    numbers.putInt((int) request.range().length()).putInt(request.urgent() ? 1 : 0).flip();
    to.send(FrameKind.DEMAND, request.space().number(), request.range().start(), numbers);
  }

  private void work(PageOrigin.Answers answers) {
    while (!closed) {
      PageChannel now = current();
      try {
        if (now == null) {
          throw new GodwitException(
              WireError.CUT, "asking for pages of " + pod, "there is no connection", "wait");
        }
        while (true) {
          answer(now.receive(), answers);
        }
      } catch (GodwitException broken) {
        if (closed) {
          return;
        }
        LOG.log(Level.WARNING, "the way to the pages of {0} broke: {1}", pod, broken.getMessage());
        if (!reconnect()) {
          answers.lost(String.valueOf(broken.getMessage()));
          return;
        }
      }
    }
  }

  private synchronized @Nullable PageChannel current() {
    return channel;
  }

  private void answer(PageChannel.Frame frame, PageOrigin.Answers answers) {
    ObjectId space = new ObjectId(frame.space());
    switch (frame.kind()) {
      case PAGES, RUNS, SPARSE -> give(PageRuns.Reader.of(frame), answers);
      case ANSWERED -> {
        int length = frame.payload().remaining() == 8 ? frame.payload().getInt(0) : -1;
        if (length <= 0) {
          throw garbage("an answer without its length came");
        }
        Request request =
            new Request(
                space,
                new AddressRange(frame.address(), frame.address() + length),
                frame.payload().getInt(4) == 1);
        boolean asked;
        synchronized (this) {
          asked = open.remove(request);
        }
        if (asked) {
          answers.answered(request.space(), request.range(), request.urgent());
        }
      }
      default -> throw garbage("a frame of kind " + frame.kind() + " came");
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

  private static GodwitException garbage(String why) {
    return new GodwitException(
        WireError.GARBAGE,
        "receiving pages that were left",
        why,
        "run the same version of Godwit on both nodes");
  }

  private boolean reconnect() {
    drop();
    long deadline = System.nanoTime() + NodeLimits.PAGES_BEHIND_PATIENCE.toNanos();
    while (!closed && System.nanoTime() < deadline) {
      try {
        PageChannel next = connect.get();
        synchronized (this) {
          channel = next;
          for (Request request : List.copyOf(open)) {
            send(next, request);
          }
        }
        LOG.log(Level.INFO, "the pages of {0} come again", pod);
        return true;
      } catch (GodwitException notYet) {
        LOG.log(Level.DEBUG, "the pages of {0} are out of reach: {1}", pod, notYet.getMessage());
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    return false;
  }

  private void drop() {
    PageChannel old;
    synchronized (this) {
      old = channel;
      channel = null;
    }
    if (old != null) {
      old.close();
    }
  }

  @Override
  public void complete() {
    closed = true;
    for (int i = 0; i < 2; i++) {
      try {
        PageChannel now = current();
        if (now == null) {
          now = connect.get();
          synchronized (this) {
            channel = now;
          }
        }
        now.send(FrameKind.TAKEN, 0, 0);
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
    Thread receiving;
    synchronized (this) {
      receiving = receiver;
    }
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
  }

  /** Closes what nobody has begun to use. */
  synchronized void closeUnused() {
    if (receiver == null) {
      close();
    }
  }
}
