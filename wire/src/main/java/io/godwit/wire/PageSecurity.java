package io.godwit.wire;

import io.godwit.core.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.InstantSource;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** How page channels are protected, and who watches them. */
public final class PageSecurity {
  private final @Nullable SSLContext context;
  private final InstantSource clock;
  private final StallWatch watch;

  private PageSecurity(@Nullable SSLContext context, InstantSource clock, StallWatch watch) {
    this.context = context;
    this.clock = clock;
    this.watch = watch;
  }

  /** TLS with any node of the cluster. */
  public static PageSecurity tls(NodeIdentity identity, InstantSource clock, StallWatch watch) {
    ClusterTrust trust = ClusterTrust.anyNodeOf(identity.authority());
    return new PageSecurity(TlsContexts.pages(identity, trust), clock, watch);
  }

  /** TLS with one node of the cluster. */
  public static PageSecurity tls(
      NodeIdentity identity, NodeId only, InstantSource clock, StallWatch watch) {
    ClusterTrust trust = ClusterTrust.only(only, identity.authority());
    return new PageSecurity(TlsContexts.pages(identity, trust), clock, watch);
  }

  /** No encryption: for networks that nobody else can read. */
  public static PageSecurity none(StallWatch watch) {
    return new PageSecurity(null, InstantSource.system(), watch);
  }

  boolean encrypts() {
    return context != null;
  }

  StallWatch watch() {
    return watch;
  }

  TlsLink client(SocketChannel socket) throws IOException {
    SSLEngine engine = engine();
    engine.setUseClientMode(true);
    return TlsLink.handshake(socket, engine, clock, ByteBuffer.allocate(0));
  }

  /** {@code ahead} is what was read from the socket already. */
  TlsLink server(SocketChannel socket, ByteBuffer ahead) throws IOException {
    SSLEngine engine = engine();
    engine.setUseClientMode(false);
    engine.setNeedClientAuth(true);
    return TlsLink.handshake(socket, engine, clock, ahead);
  }

  private SSLEngine engine() {
    if (context == null) {
      throw new IllegalStateException("these channels are not encrypted");
    }
    SSLEngine engine = context.createSSLEngine();
    engine.setEnabledProtocols(new String[] {TlsContexts.PROTOCOL});
    // The stronger suites cost twice as much on processors of today and protect nothing longer.
    engine.setEnabledCipherSuites(
        new String[] {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"});
    return engine;
  }
}
