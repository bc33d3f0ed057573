package io.godwit.node.migration;

import io.godwit.core.AddressRange;
import io.godwit.core.GodwitException;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.image.ObjectId;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.wire.FrameKind;
import io.godwit.wire.PageChannel;
import io.godwit.wire.WireError;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The destination's side of a residual dependency: asks the source for pages. A connection that
 * breaks is opened again, and everything that was not answered is asked for once more. When that
 * fails for {@link NodeLimits#PAGES_BEHIND_PATIENCE}, or the source says that it has none, they are
 * told to be lost; it is tried nevertheless until this is closed, and told when they are found.
 *
 * <p>Threads: requests come from any, answers are given by one of this. Its lock is never held
 * while the answers' own lock is asked for.
 */
final class RemotePages implements ProcessMover.PagesBehind {
  private static final Logger LOG = System.getLogger(RemotePages.class.getName());
  private static final long PAUSE_NANOS = 200_000_000;
  private static final long LONG_PAUSE_NANOS = 2_000_000_000;
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private final String pod;
  private final ProcessMover.Way way;
  private final Supplier<PageChannel> connect;
  private final Set<PageDemand> open = new LinkedHashSet<>(); // guarded by this
  private @Nullable Thread receiver; // guarded by this
  private @Nullable PageChannel channel; // guarded by this
  private volatile boolean closed;

  private RemotePages(
      String pod,
      ProcessMover.Way way,
      Supplier<PageChannel> connect,
      @Nullable PageChannel channel) {
    this.pod = pod;
    this.way = way;
    this.connect = connect;
    this.channel = channel;
  }

  /** Connects at once, so that a way that is barred is found before the process is frozen. */
  static RemotePages connect(String pod, ProcessMover.Way way, Supplier<PageChannel> connect) {
    return new RemotePages(pod, way, connect, connect.get());
  }

  /** Connects as soon as it can be done. */
  static RemotePages connectLater(String pod, ProcessMover.Way way, Supplier<PageChannel> connect) {
    return new RemotePages(pod, way, connect, null);
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
  public ProcessMover.Way way() {
    return way;
  }

  @Override
  public void request(ObjectId space, AddressRange range, boolean urgent) {
    synchronized (this) {
      PageDemand request = new PageDemand(space, range, urgent);
      if (!open.add(request) || channel == null) {
        return;
      }
      try {
        request.send(channel, FrameKind.DEMAND);
      } catch (GodwitException broken) {
        // The thread that receives finds it out too, and asks again.
        LOG.log(Level.DEBUG, "asking for pages of {0}: {1}", pod, broken.getMessage());
      }
    }
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
        if (now != null) {
          LOG.log(
              Level.WARNING, "the way to the pages of {0} broke: {1}", pod, broken.getMessage());
        }
        reconnect(answers);
      }
    }
  }

  private synchronized @Nullable PageChannel current() {
    return channel;
  }

  private void answer(PageChannel.Frame frame, PageOrigin.Answers answers) {
    ObjectId space = new ObjectId(frame.space());
    switch (frame.kind()) {
      case PAGES -> answers.arrived(space, frame.address(), frame.payload());
      default -> {
        PageDemand request = PageDemand.of(frame, FrameKind.ANSWERED);
        boolean asked;
        synchronized (this) {
          asked = open.remove(request);
        }
        if (asked) {
          answers.answered(request.space(), request.range(), request.urgent());
        }
      }
    }
  }

  private void reconnect(PageOrigin.Answers answers) {
    drop();
    long deadline = System.nanoTime() + NodeLimits.PAGES_BEHIND_PATIENCE.toNanos();
    boolean told = false;
    while (!closed) {
      try {
        PageChannel next = connect.get();
        synchronized (this) {
          channel = next;
          for (PageDemand request : List.copyOf(open)) {
            request.send(next, FrameKind.DEMAND);
          }
        }
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
