package io.godwit.wire;

import io.godwit.core.GodwitException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
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
          SslContextBuilder.forServer(identity.key(), identity.certificate(), identity.authority())
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
              .keyManager(identity.key(), identity.certificate(), identity.authority())
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
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "node",
          identity.key(),
          new char[0],
          new X509Certificate[] {identity.certificate(), identity.authority()});
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance(PROTOCOL);
      context.init(keys.getKeyManagers(), new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException | IOException unusable) {
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
