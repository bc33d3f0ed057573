package io.godwit.wire;

import io.godwit.core.GodwitException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/**
 * TLS 1.3 contexts, all on the JDK's own implementation: the shaded native one would be unpacked
 * into a temporary directory and loaded from there.
 */
final class TlsContexts {
  static final String PROTOCOL = "TLSv1.3";

  private TlsContexts() {}

  /**
   * For the gRPC server. A certificate is wanted and, if shown, must be of the cluster; that most
   * calls need one is checked for each call, because a newcomer has none yet.
   */
  static SslContext server(NodeIdentity identity) {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(new NodeKeys(identity))
              .trustManager(ClusterTrust.anyNodeOf(identity.authority()))
              .clientAuth(ClientAuth.OPTIONAL)
              .protocols(PROTOCOL);
      return GrpcSslContexts.configure(builder, SslProvider.JDK).build();
    } catch (SSLException | IllegalArgumentException unusable) {
      throw unusable(unusable);
    }
  }

  /** For a gRPC client that has a certificate. */
  static SslContext client(NodeIdentity identity, ClusterTrust trust) {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forClient()
              .keyManager(new NodeKeys(identity))
              .trustManager(trust)
              .protocols(PROTOCOL);
      return GrpcSslContexts.configure(builder, SslProvider.JDK).build();
    } catch (SSLException | IllegalArgumentException unusable) {
      throw unusable(unusable);
    }
  }

  /** For a gRPC client that has no certificate yet. */
  static SslContext newcomer(ClusterTrust trust) {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forClient().trustManager(trust).protocols(PROTOCOL);
      return GrpcSslContexts.configure(builder, SslProvider.JDK).build();
    } catch (SSLException | IllegalArgumentException unusable) {
      throw unusable(unusable);
    }
  }

  /** For page channels, in both roles. */
  static SSLContext pages(NodeIdentity identity, ClusterTrust trust) {
    try {
      SSLContext context = SSLContext.getInstance(PROTOCOL);
      context.init(new KeyManager[] {new NodeKeys(identity)}, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException unusable) {
      throw unusable(unusable);
    }
  }

  private static GodwitException unusable(Exception cause) {
    return new GodwitException(
        WireError.BAD_IDENTITY,
        "preparing TLS",
        String.valueOf(cause.getMessage()),
        "check key and certificate in the state directory, or let the node join again",
        cause);
  }
}
