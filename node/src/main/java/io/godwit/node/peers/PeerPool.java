package io.godwit.node.peers;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeError;
import io.godwit.node.security.Addresses;
import io.godwit.node.security.Membership;
import io.godwit.wire.NodeIdentity;
import io.godwit.wire.PeerConnection;
import io.godwit.wire.PeerLoops;
import io.godwit.wire.proto.NodeDescription;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The connections to other nodes. */
public final class PeerPool implements AutoCloseable {
  private final NodeIdentity identity;
  private final Membership members;
  private final Supplier<NodeDescription> self;
  private final InstantSource clock;
  private final PeerLoops loops;
  private final boolean ownLoops;
  private final Map<NodeId, Slot> slots = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** One node's connection and the lock under which it is made. */
  private static final class Slot {
    final ReentrantLock lock = new ReentrantLock();
    volatile @Nullable PeerConnection connection;
    volatile String address = "";
  }

  /** Connects as {@code identity}. */
  public PeerPool(
      NodeIdentity identity,
      Membership members,
      Supplier<NodeDescription> self,
      InstantSource clock) {
    this(identity, members, self, clock, PeerLoops.ofNode(), true);
  }

  /**
   * Connects as {@code identity}.
   *
   * @param loops what carries the connections; has to outlive the pool
   */
  public PeerPool(
      NodeIdentity identity,
      Membership members,
      Supplier<NodeDescription> self,
      InstantSource clock,
      PeerLoops loops) {
    this(identity, members, self, clock, loops, false);
  }

  private PeerPool(
      NodeIdentity identity,
      Membership members,
      Supplier<NodeDescription> self,
      InstantSource clock,
      PeerLoops loops,
      boolean ownLoops) {
    this.loops = loops;
    this.ownLoops = ownLoops;
    this.identity = identity;
    this.members = members;
    this.self = self;
    this.clock = clock;
  }

  /** The connection to a node, made now if there is none. */
  public PeerConnection connect(NodeId node) {
    if (closed) {
      throw stopping(node);
    }
    String address = members.require(node);
    Slot slot = slots.computeIfAbsent(node, n -> new Slot());
    PeerConnection open = slot.connection;
    if (open != null && slot.address.equals(address)) {
      return open;
    }
    slot.lock.lock();
    try {
      PeerConnection now = slot.connection;
      if (now != null && slot.address.equals(address)) {
        return now;
      }
      if (now != null) {
        now.close();
        slot.connection = null;
      }
      InetSocketAddress where = Addresses.parse(address);
      PeerConnection made = PeerConnection.open(where, node, identity, self.get(), clock, loops);
      slot.address = address;
      slot.connection = made;
      if (closed) {
        // Nobody may have seen it yet.
        made.close();
        throw stopping(node);
      }
      return made;
    } finally {
      slot.lock.unlock();
    }
  }

  /** A call found the connection broken: the next one does not wait for it to be tried again. */
  public void retryNow(NodeId node) {
    Slot slot = slots.get(node);
    PeerConnection broken = slot == null ? null : slot.connection;
    if (broken != null) {
      broken.retryNow();
    }
  }

  /** A call was not answered: the next one goes over another connection. */
  void renew(NodeId node) {
    Slot slot = slots.get(node);
    PeerConnection dead = slot == null ? null : slot.connection;
    if (dead != null) {
      dead.renew();
    }
  }

  private static GodwitException stopping(NodeId node) {
    return new GodwitException(
        NodeError.STOPPING,
        "connecting to node " + node,
        "the daemon of this node stops",
        "start it again with 'systemctl start godwit'");
  }

  private void drop(NodeId node) {
    Slot slot = slots.get(node);
    PeerConnection open = slot == null ? null : slot.connection;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    slots.keySet().forEach(this::drop);
    if (ownLoops) {
      loops.close();
    }
  }
}
