package io.godwit.node.migration;

import io.godwit.core.ExitStatus;
import io.godwit.core.GodwitException;
import io.godwit.node.NodeError;
import io.godwit.wire.WireError;
import io.godwit.wire.WireFailure;
import io.godwit.wire.proto.MigrationMessage;
import io.godwit.wire.proto.MigrationMessage.KindCase;
import io.godwit.wire.proto.Refusal;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the other side of a migration says, for a thread that waits for it. */
final class MessageQueue implements StreamObserver<MigrationMessage> {
  /** A migration has fewer than ten messages; a peer that sends more is cut off. */
  private static final int MESSAGES = 64;

  private final LinkedBlockingQueue<Object> queue = new LinkedBlockingQueue<>(MESSAGES + 1);
  private final String peer;

  MessageQueue(String peer) {
    this.peer = peer;
  }

  @Override
  public void onNext(MigrationMessage message) {
    if (queue.size() >= MESSAGES || !queue.offer(message)) {
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
    boolean kept = queue.offer(WireFailure.fromStatus(failure, peer));
    assert kept || !queue.isEmpty();
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

  /** Waits for a message that must be of this kind; an abort or a broken stream is thrown. */
  MigrationMessage expect(KindCase kind, Duration limit) throws InterruptedException {
    MigrationMessage message = expectOrAbort(kind, limit);
    if (message.getKindCase() == KindCase.ABORT) {
      throw aborted(message.getAbort().getError());
    }
    return message;
  }

  /** As above, giving back an abort. */
  MigrationMessage expectOrAbort(KindCase kind, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Object next = queue.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      switch (next) {
        case null ->
            throw new GodwitException(
                WireError.TIMEOUT,
                "migrating with node " + peer,
                "it did not say " + kind + " within " + limit.toSeconds() + " s",
                "check its load and the network; migration.ready-timeout-seconds sets the limit");
        case GodwitException failure -> throw failure;
        case MigrationMessage message
            when message.getKindCase() == kind || message.getKindCase() == KindCase.ABORT -> {
          return message;
        }
        case MigrationMessage message when message.getKindCase() == KindCase.PROGRESS -> {
          // Of interest to observers alone.
        }
        default ->
            throw new GodwitException(
                NodeError.OUT_OF_STEP,
                "migrating with node " + peer,
                "it says something else where " + kind + " belongs",
                "run the same version of Godwit on both nodes");
      }
    }
  }

  /** What the other side gives as its reason to stop, if it does within the limit. */
  @Nullable GodwitException abort(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Object next = queue.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null || next instanceof GodwitException) {
        return null;
      }
      if (next instanceof MigrationMessage message && message.getKindCase() == KindCase.ABORT) {
        return aborted(message.getAbort().getError());
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
