package io.godwit.node.peers;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeLimits;
import io.godwit.node.security.Membership;
import io.godwit.wire.PeerConnection;
import io.godwit.wire.proto.MemberEntry;
import io.godwit.wire.proto.MembersRequest;
import io.godwit.wire.proto.StatusReply;
import io.godwit.wire.proto.StatusRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks one other node again and again how it is, and whom it knows. A thread of its own: a node
 * that does not answer keeps no other waiting.
 */
final class Heartbeat implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Heartbeat.class.getName());

  /** What this node tells while it asks, and does when it hears. */
  record Parts(
      PeerPool peers,
      Membership members,
      Supplier<MemberEntry> self,
      Duration interval,
      Runnable heardAgain) {}

  private final NodeId node;
  private final Parts parts;
  private final Semaphore sooner = new Semaphore(0);
  private final Thread thread;
  private volatile @Nullable StatusReply heard;
  private volatile long heardAt;
  private volatile boolean everHeard;
  private volatile String silence = "";
  private volatile boolean closing;

  /** Begins to ask. */
  Heartbeat(NodeId node, Parts parts) {
    this.node = node;
    this.parts = parts;
    this.thread = Thread.ofVirtual().name("godwit-heartbeat-" + node).start(this::beat);
  }

  /** The last that was heard of it, empty when it is silent. */
  Optional<StatusReply> heard() {
    return Optional.ofNullable(heard);
  }

  /** How long ago it was heard last; negative if never. */
  long nanosAgo() {
    return everHeard ? System.nanoTime() - heardAt : -1;
  }

  /** Why it is silent, empty when it answers. */
  String silence() {
    return silence;
  }

  /** It has called: if it was silent it is asked at once. */
  void greeted() {
    if (heard == null) {
      sooner.release();
    }
  }

  /**
   * It has not answered something else: it counts as silent until it answers this over a new way.
   */
  void unanswered() {
    heard = null;
    silence = "it did not answer in a migration";
    parts.peers().renew(node);
    sooner.release();
  }

  private void beat() {
    while (!closing) {
      ask();
      try {
        if (sooner.tryAcquire(parts.interval().toMillis(), TimeUnit.MILLISECONDS)) {
          sooner.drainPermits();
          parts.peers().retryNow(node);
        }
      } catch (InterruptedException stopping) {
        return;
      }
    }
  }

  private void ask() {
    try {
      PeerConnection connection = parts.peers().connect(node);
      StatusReply reply =
          connection.calls(NodeLimits.HEARTBEAT_ANSWER).status(StatusRequest.getDefaultInstance());
      boolean again = heard == null;
      heardAt = System.nanoTime();
      everHeard = true;
      silence = "";
      heard = reply;
      if (again) {
        parts.heardAgain().run();
      }
      learn(connection);
    } catch (GodwitException | StatusRuntimeException | IllegalArgumentException unreachable) {
      silent(unreachable);
    }
  }

  private void learn(PeerConnection connection) {
    for (MemberEntry member :
        connection
            .calls(NodeLimits.HEARTBEAT_ANSWER)
            .members(MembersRequest.newBuilder().setSender(parts.self().get()).build())
            .getMembersList()) {
      NodeId other = new NodeId(member.getNode());
      // Only strangers: of itself every node knows best, and of the others who greets.
      if (parts.members().find(other).isEmpty()) {
        parts.members().learn(other, member.getAddress());
      }
    }
  }

  private void silent(RuntimeException unreachable) {
    String why = String.valueOf(unreachable.getMessage());
    boolean known = !silence.isEmpty();
    heard = null;
    silence = why;
    if (!known && !closing) {
      LOG.log(Level.INFO, "node {0} is silent: {1}", node, why);
    }
    if (Status.fromThrowable(unreachable).getCode() == Status.Code.DEADLINE_EXCEEDED) {
      parts.peers().renew(node);
    } else {
      parts.peers().retryNow(node);
    }
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
  }
}
