package io.godwit.node.peers;

import io.godwit.core.NodeId;
import io.godwit.node.security.Addresses;
import io.godwit.node.security.Membership;
import io.godwit.wire.NodeIdentity;
import io.godwit.wire.PeerLoops;
import io.godwit.wire.PeerServer;
import io.godwit.wire.WireFailure;
import io.godwit.wire.WireLimits;
import io.godwit.wire.proto.AdmitReply;
import io.godwit.wire.proto.AdmitRequest;
import io.godwit.wire.proto.LoadNote;
import io.godwit.wire.proto.LoadTaken;
import io.godwit.wire.proto.NodeDescription;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * That part of a node's link to the others over which load information goes, and nothing else: the
 * same server, connections, certificates and messages, but no migrations, no jobs and no
 * heartbeats. For measuring many load layers in one virtual machine.
 */
public final class LoadLink implements AutoCloseable {
  private final NodeId self;
  private final PeerPool peers;
  private final PeerServer server;
  private volatile PeerScheduling scheduling = PeerScheduling.NONE;

  /**
   * Listens on the loopback interface.
   *
   * @param members the nodes there are; it adds itself
   * @param loops what carries the connections; has to outlive this
   */
  public LoadLink(NodeIdentity identity, Membership members, InstantSource clock, PeerLoops loops) {
    this.self = identity.node();
    NodeDescription told = NodeDescription.newBuilder().setNode(self.name()).build();
    this.peers = new PeerPool(identity, members, () -> told, clock, loops);
    this.server =
        PeerServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            identity,
            clock,
            List.of(new LoadService(self, members, () -> told, clock, () -> scheduling)),
            loops);
    members.learn(self, address());
  }

  /** Where the others reach it. */
  public String address() {
    return Addresses.format(server.address());
  }

  /** From now on others may tell this node's load layer. */
  public void attach(PeerScheduling asked) {
    scheduling = asked;
  }

  /** As {@link #tell(PeerPool, NodeId, LoadNote, Duration)}. */
  public LoadTaken tell(NodeId node, LoadNote note, Duration limit) {
    return tell(peers, node, note, limit);
  }

  /** Asks whether a node would take a process. */
  public AdmitReply admit(NodeId node, AdmitRequest request) {
    return admit(peers, node, request);
  }

  /** A note to a node, which fails when it is not taken within some time. */
  static LoadTaken tell(PeerPool peers, NodeId node, LoadNote note, Duration limit) {
    try {
      return peers
          .connect(node)
          .longCalls()
          .withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS)
          .load(note);
    } catch (StatusRuntimeException failed) {
      peers.retryNow(node);
      throw WireFailure.fromStatus(failed, node.name());
    }
  }

  static AdmitReply admit(PeerPool peers, NodeId node, AdmitRequest request) {
    try {
      return peers.connect(node).calls(WireLimits.CALL_TIME).admit(request);
    } catch (StatusRuntimeException failed) {
      throw WireFailure.fromStatus(failed, node.name());
    }
  }

  @Override
  public void close() {
    server.close();
    peers.close();
  }
}
