package io.godwit.wire;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.wire.proto.AdmissionGrpc;
import io.godwit.wire.proto.HelloReply;
import io.godwit.wire.proto.HelloRequest;
import io.godwit.wire.proto.JoinReply;
import io.godwit.wire.proto.JoinRequest;
import io.godwit.wire.proto.NodeDescription;
import io.godwit.wire.proto.PeerGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A greeted connection to one other node: its certificate was checked, its clock agrees with ours,
 * and a common protocol version was found. Reconnects by itself when the network comes back.
 */
public final class PeerConnection implements AutoCloseable {
  /**
   * Before a server asks whether its client lives; clients ask after 10 s, which gRPC insists on.
   */
  static final Duration KEEP_ALIVE = Duration.ofSeconds(2);

  static final Duration KEEP_ALIVE_ANSWER = Duration.ofSeconds(4);

  private final ManagedChannel channel;
  private final PeerGrpc.PeerBlockingStub calls;
  private final PeerGrpc.PeerStub streams;
  private final HelloReply greeting;

  private PeerConnection(ManagedChannel channel, HelloReply greeting) {
    this.channel = channel;
    this.greeting = greeting;
    this.calls = PeerGrpc.newBlockingStub(channel);
    this.streams = PeerGrpc.newStub(channel);
  }

  /**
   * Connects and greets.
   *
   * @param expected the node that must answer, or null for any of the cluster
   * @param self what the greeting tells of this node
   * @param loops what carries it; has to outlive the connection
   */
  public static PeerConnection open(
      InetSocketAddress address,
      @Nullable NodeId expected,
      NodeIdentity identity,
      NodeDescription self,
      InstantSource clock,
      PeerLoops loops) {
    ClusterTrust trust =
        expected == null
            ? ClusterTrust.anyNodeOf(identity.authority())
            : ClusterTrust.only(expected, identity.authority());
    ManagedChannel channel = channel(address, TlsContexts.client(identity, trust), clock, loops);
    String peer = expected == null ? "at " + format(address) : expected + " at " + format(address);
    try {
      HelloReply reply =
          PeerGrpc.newBlockingStub(channel)
              .withDeadlineAfter(WireLimits.GREETING_TIME.toMillis(), TimeUnit.MILLISECONDS)
              .hello(
                  HelloRequest.newBuilder()
                      .setVersionMin(WireLimits.VERSION_MIN)
                      .setVersionMax(WireLimits.VERSION_MAX)
                      .setSender(self)
                      .setClockMillis(clock.millis())
                      .build());
      check(reply, trust.seen(), identity.node(), clock);
      return new PeerConnection(channel, reply);
    } catch (StatusRuntimeException failed) {
      channel.shutdownNow();
      throw WireFailure.fromStatus(failed, peer);
    } catch (GodwitException refused) {
      channel.shutdownNow();
      throw refused;
    }
  }

  /**
   * Asks a node of a cluster to admit this machine, which has no certificate yet.
   *
   * @param authorityFingerprint SHA-256 of the authority's certificate, from the token
   */
  public static JoinReply join(
      InetSocketAddress address,
      byte[] authorityFingerprint,
      JoinRequest request,
      InstantSource clock) {
    try (PeerLoops loops = PeerLoops.ofNode()) {
      ManagedChannel channel =
          channel(
              address,
              TlsContexts.newcomer(ClusterTrust.pinned(authorityFingerprint)),
              clock,
              loops);
      try {
        return AdmissionGrpc.newBlockingStub(channel)
            .withDeadlineAfter(WireLimits.CALL_TIME.toMillis(), TimeUnit.MILLISECONDS)
            .join(request);
      } catch (StatusRuntimeException failed) {
        throw WireFailure.fromStatus(failed, "at " + format(address));
      } finally {
        channel.shutdownNow();
      }
    }
  }

  /** What the node said of itself when it was greeted. */
  public NodeDescription description() {
    return greeting.getNode();
  }

  /** The protocol version that both speak. */
  public int version() {
    return greeting.getVersion();
  }

  /** For short calls: they fail after {@link WireLimits#CALL_TIME}. */
  public PeerGrpc.PeerBlockingStub calls() {
    return calls(WireLimits.CALL_TIME);
  }

  /** For calls that fail after some time. */
  public PeerGrpc.PeerBlockingStub calls(Duration limit) {
    return calls.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** For calls that last as long as what they wait for. */
  public PeerGrpc.PeerBlockingStub longCalls() {
    return calls;
  }

  /** For streams in both directions. */
  public PeerGrpc.PeerStub streams() {
    return streams;
  }

  /** Tries to connect at once where a broken connection waits before it is made again. */
  public void retryNow() {
    channel.resetConnectBackoff();
  }

  /**
   * New calls go over a new connection: whatever becomes of the one that does not answer, which TCP
   * may keep for minutes.
   */
  public void renew() {
    channel.enterIdle();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private static ManagedChannel channel(
      InetSocketAddress address, SslContext tls, InstantSource clock, PeerLoops loops) {
    return NettyChannelBuilder.forAddress(address)
        .channelType(NioSocketChannel.class)
        .eventLoopGroup(loops.events())
        .executor(loops.callbacks())
        .sslContext(tls)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) WireLimits.CONNECT_TIME.toMillis())
        .intercept(new ClockTeller(clock))
        .maxInboundMessageSize(WireLimits.MESSAGE_BYTES)
        .maxInboundMetadataSize(WireLimits.CALL_METADATA_BYTES)
        .idleTimeout(WireLimits.IDLE_TIME.toSeconds(), TimeUnit.SECONDS)
        .keepAliveTime(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTimeout(KEEP_ALIVE_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
        .build();
  }

  private static void check(
      HelloReply reply, @Nullable X509Certificate certificate, NodeId self, InstantSource clock) {
    if (certificate == null) {
      throw new IllegalStateException("a TLS connection without a certificate");
    }
    Instant there = Instant.ofEpochMilli(reply.getClockMillis());
    ClusterTrust.requireValid(certificate, clock.instant(), there);
    NodeId node = NodeIdentity.nodeOf(certificate);
    Gatekeeper.requireAgreement(node, there, self, clock.instant());
    if (reply.getVersion() < WireLimits.VERSION_MIN
        || reply.getVersion() > WireLimits.VERSION_MAX) {
      throw new GodwitException(
          WireError.NO_COMMON_VERSION,
          "greeting node " + node,
          "it answers with protocol version " + reply.getVersion(),
          "run the same version of Godwit on all nodes");
    }
    if (!reply.getNode().getNode().equals(node.name())) {
      throw new GodwitException(
          WireError.WRONG_NODE,
          "greeting node " + node,
          "it calls itself '" + reply.getNode().getNode() + "'",
          "do not copy state directories between nodes; join it again");
    }
  }

  private static String format(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  /** Tells this node's clock with each call. */
  private record ClockTeller(InstantSource clock) implements ClientInterceptor {
    @Override
    public <Q, P> ClientCall<Q, P> interceptCall(
        MethodDescriptor<Q, P> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<P> listener, Metadata headers) {
          headers.put(Gatekeeper.CLOCK, Long.toString(clock.millis()));
          super.start(listener, headers);
        }
      };
    }
  }
}
