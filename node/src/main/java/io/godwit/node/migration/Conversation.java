package io.godwit.node.migration;

import io.godwit.core.ExitStatus;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.wire.WireError;
import io.godwit.wire.WireFailure;
import io.godwit.wire.proto.MigrationMessage;
import io.godwit.wire.proto.MigrationMessage.KindCase;
import io.godwit.wire.proto.Progress;
import io.godwit.wire.proto.Refusal;
import io.grpc.stub.StreamObserver;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the two sides of one migration say to each other, and whether they are there: each says
 * something every {@link NodeLimits#PULSE}, so that a side which hears nothing for {@link
 * NodeLimits#SILENCE} knows that the other, or the way to it, is gone. A conversation that breaks
 * takes the page channel of the migration with it: whoever waits there waits no longer.
 *
 * <p>Threads: one waits for what the other side says; any may speak.
 */
final class Conversation implements StreamObserver<MigrationMessage>, AutoCloseable {
  private static final Logger LOG = System.getLogger(Conversation.class.getName());

  /** A migration has fewer than ten messages; a peer that sends more is cut off. */
  private static final int MESSAGES = 64;

  private static final MigrationMessage HERE =
      MigrationMessage.newBuilder().setProgress(Progress.getDefaultInstance()).build();

  private final LinkedBlockingQueue<Object> heard = new LinkedBlockingQueue<>(MESSAGES + 1);
  private final NodeId peer;
  private final Consumer<NodeId> silent;
  private @Nullable StreamObserver<MigrationMessage> out; // guarded by this
  private @Nullable Closeable pages; // guarded by this
  private boolean broken; // guarded by this
  private boolean over; // guarded by this
  private volatile long heardAt;

  /**
   * Nothing is said before {@link #begin}.
   *
   * @param silent told when the other side is silent for too long
   */
  Conversation(NodeId peer, Consumer<NodeId> silent) {
    this.peer = peer;
    this.silent = silent;
  }

  /** From now on both sides speak. */
  void begin(StreamObserver<MigrationMessage> stream) {
    heardAt = System.nanoTime();
    synchronized (this) {
      out = stream;
    }
  }

  /** The pages of the migration go there, or will: it ends with the conversation. */
  void carries(Closeable channel) {
    synchronized (this) {
      pages = channel;
      if (!broken) {
        return;
      }
    }
    breakOff(channel);
  }

  private void breakOff(Closeable channel) {
    try {
      channel.close();
    } catch (IOException gone) {
      LOG.log(Level.DEBUG, "the pages for node {0}: {1}", peer, gone.getMessage());
    }
  }

  @Override
  public void onNext(MigrationMessage message) {
    heardAt = System.nanoTime();
    if (message.getKindCase() == KindCase.PROGRESS) {
      return;
    }
    if (heard.size() >= MESSAGES || !heard.offer(message)) {
      onError(
          new GodwitException(
              WireError.GARBAGE,
              "migrating with node " + peer,
              "it sends more messages than a migration has",
              "run the same version of Godwit on both nodes"));
    }
  }

  @Override
  public void onError(Throwable failure) {
    // Never full here: one place is kept for the end.
    boolean kept = heard.offer(WireFailure.fromStatus(failure, peer.name()));
    assert kept || !heard.isEmpty();
    Closeable carried;
    synchronized (this) {
      broken = true;
      carried = pages;
    }
    if (carried != null) {
      breakOff(carried);
    }
  }

  @Override
  public void onCompleted() {
    onError(
        new GodwitException(
            WireError.CUT,
            "migrating with node " + peer,
            "it ended the conversation",
            "see what 'godwit nodes' says of it"));
  }

  /** Says that this side is there, and looks whether the other is; false when it is over. */
  boolean pulse(long now) {
    synchronized (this) {
      if (over || broken) {
        return false;
      }
      if (out == null) {
        return true;
      }
    }
    if (now - heardAt > NodeLimits.SILENCE.toNanos()) {
      silent.accept(peer);
      onError(
          new GodwitException(
              WireError.CUT,
              "migrating with node " + peer,
              "nothing was heard of it for " + NodeLimits.SILENCE.toSeconds() + " s",
              "check that it lives, and the network between the nodes"));
      return false;
    }
    say(HERE);
    return true;
  }

  /** Best effort: a way that is broken is found by what is not heard. */
  synchronized void say(MigrationMessage message) {
    StreamObserver<MigrationMessage> stream = out;
    if (stream == null || over) {
      return;
    }
    try {
      stream.onNext(message);
    } catch (RuntimeException cut) {
      LOG.log(Level.DEBUG, "node {0} no longer listens: {1}", peer, cut.getMessage());
    }
  }

  /** Has no more to say. */
  @Override
  public synchronized void close() {
    StreamObserver<MigrationMessage> stream = out;
    if (over) {
      return;
    }
    over = true;
    try {
      if (stream != null) {
        stream.onCompleted();
      }
    } catch (RuntimeException cut) {
      LOG.log(Level.DEBUG, "node {0} no longer listens: {1}", peer, cut.getMessage());
    }
  }

  /** Does not answer at all but with an error. */
  synchronized void refuse(GodwitException why) {
    StreamObserver<MigrationMessage> stream = out;
    over = true;
    if (stream != null) {
      stream.onError(WireFailure.toStatus(why));
    }
  }

  /** Waits for a message that must be of this kind; an abort or a broken stream is thrown. */
  MigrationMessage expect(KindCase kind, Duration limit) throws InterruptedException {
    Object next = heard.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
    return switch (next) {
      case null ->
          throw new GodwitException(
              WireError.TIMEOUT,
              "migrating with node " + peer,
              "it did not say " + kind + " within " + limit.toSeconds() + " s",
              "check its load and the network; migration.ready-timeout-seconds sets the limit");
      case GodwitException failure -> throw failure;
      case MigrationMessage message when message.getKindCase() == kind -> message;
      case MigrationMessage message when message.getKindCase() == KindCase.ABORT ->
          throw aborted(message.getAbort().getError());
      default ->
          throw new GodwitException(
              NodeError.OUT_OF_STEP,
              "migrating with node " + peer,
              "it says something else where " + kind + " belongs",
              "run the same version of Godwit on both nodes");
    };
  }

  /** Whether the other side has given up, and says so in time. */
  boolean aborted(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    Object next;
    do {
      next = heard.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next instanceof MigrationMessage message && message.getKindCase() == KindCase.ABORT) {
        return true;
      }
    } while (next instanceof MigrationMessage);
    return false;
  }

  /** Why the other side stopped, or why nothing is heard of it, if that is known in time. */
  @Nullable GodwitException end(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Object next = heard.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      switch (next) {
        case null -> {
          return null;
        }
        case GodwitException failure -> {
          return failure;
        }
        case MigrationMessage message when message.getKindCase() == KindCase.ABORT -> {
          return aborted(message.getAbort().getError());
        }
        default -> {
          // It was said before the end.
        }
      }
    }
  }

  static GodwitException aborted(Refusal error) {
    return new GodwitException(
        new WireFailure.PeerCode(error.getCode(), ExitStatus.FAILED),
        error.getWhat(),
        error.getWhy(),
        error.getAdvice());
  }
}
