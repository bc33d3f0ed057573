package io.godwit.wire;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Listens for the calls of other nodes. */
public final class PeerServer implements AutoCloseable {
  /** Threads that wait for the connections of one node's server. */
  private static final int THREADS = 2;

  private static final Context.Key<NodeId> CALLER = Context.key("godwit-caller");

  private final Server server;
  private final PeerLoops loops;
  private final boolean owned;
  private final ExecutorService handlers;

  private PeerServer(Server server, PeerLoops loops, boolean owned, ExecutorService handlers) {
    this.server = server;
    this.loops = loops;
    this.owned = owned;
    this.handlers = handlers;
  }

  /**
   * Starts to listen.
   *
   * @param clock what this node believes the time is
   */
  public static PeerServer start(
      InetSocketAddress address,
      NodeIdentity identity,
      InstantSource clock,
      List<BindableService> services) {
    return start(address, identity, clock, services, PeerLoops.of(THREADS), true);
  }

  /**
   * Starts to listen.
   *
   * @param loops what carries its connections; has to outlive the server
   */
  public static PeerServer start(
      InetSocketAddress address,
      NodeIdentity identity,
      InstantSource clock,
      List<BindableService> services,
      PeerLoops loops) {
    return start(address, identity, clock, services, loops, false);
  }

  private static PeerServer start(
      InetSocketAddress address,
      NodeIdentity identity,
      InstantSource clock,
      List<BindableService> services,
      PeerLoops loops,
      boolean owned) {
    ExecutorService handlers =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("godwit-call-", 0).factory());
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .channelType(NioServerSocketChannel.class)
            .bossEventLoopGroup(loops.events())
            .workerEventLoopGroup(loops.events())
            .executor(handlers)
            .sslContext(TlsContexts.server(identity))
            .intercept(new Gatekeeper(identity.node(), clock, CALLER))
            .maxInboundMessageSize(WireLimits.MESSAGE_BYTES)
            .maxInboundMetadataSize(WireLimits.CALL_METADATA_BYTES)
            .maxConcurrentCallsPerConnection(WireLimits.CALLS_PER_CONNECTION)
            .handshakeTimeout(WireLimits.GREETING_TIME.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTime(PeerConnection.KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(PeerConnection.KEEP_ALIVE_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true);
    services.forEach(builder::addService);
    Server server = builder.build();
    PeerServer result = new PeerServer(server, loops, owned, handlers);
    try {
      server.start();
      return result;
    } catch (IOException taken) {
      result.close();
      Throwable cause = taken.getCause() == null ? taken : taken.getCause();
      throw new GodwitException(
          WireError.CANNOT_LISTEN,
          "listening for nodes at " + address,
          String.valueOf(cause.getMessage()),
          "choose another network.listen, or end the program that has the port",
          taken);
    }
  }

  /** The node that makes the call which this thread handles. */
  public static NodeId caller() {
    NodeId node = CALLER.get();
    if (node == null) {
      throw new IllegalStateException("not in a call of a node");
    }
    return node;
  }

  /** Where it listens, with the port that the system chose if 0 was asked for. */
  public InetSocketAddress address() {
    return (InetSocketAddress) server.getListenSockets().getFirst();
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      // Handlers that outlast this are interrupted below.
      boolean ended = server.awaitTermination(5, TimeUnit.SECONDS);
      assert ended || !handlers.isShutdown();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    handlers.shutdownNow();
    if (owned) {
      loops.close();
    }
  }
}
