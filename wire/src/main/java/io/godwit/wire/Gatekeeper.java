package io.godwit.wire;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.wire.proto.AdmissionGrpc;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Stands before every call: the caller must show a certificate of the cluster that is valid now,
 * and its clock must agree with ours. Only admission is open to a machine without a certificate.
 */
final class Gatekeeper implements ServerInterceptor {
  static final Metadata.Key<String> CLOCK =
      Metadata.Key.of("godwit-clock-millis", Metadata.ASCII_STRING_MARSHALLER);

  private final NodeId self;
  private final InstantSource clock;
  private final Context.Key<NodeId> caller;

  Gatekeeper(NodeId self, InstantSource clock, Context.Key<NodeId> caller) {
    this.self = self;
    this.clock = clock;
    this.caller = caller;
  }

  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    try {
      String service = call.getMethodDescriptor().getServiceName();
      if (AdmissionGrpc.SERVICE_NAME.equals(service)) {
        return next.startCall(call, headers);
      }
      X509Certificate certificate = certificate(call);
      if (certificate == null) {
        throw new GodwitException(
            WireError.STRANGER,
            "calling node " + self,
            "the caller shows no certificate of this cluster",
            "run 'godwit token' on a node of the cluster and 'godwit join' on the new one");
      }
      Instant there = clockOf(headers);
      ClusterTrust.requireValid(certificate, clock.instant(), there);
      NodeId node = NodeIdentity.nodeOf(certificate);
      requireAgreement(node, there, self, clock.instant());
      return Contexts.interceptCall(Context.current().withValue(caller, node), call, headers, next);
    } catch (GodwitException refused) {
      StatusException status = WireFailure.toStatus(refused);
      Metadata trailers = status.getTrailers();
      call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
      return new ServerCall.Listener<>() {};
    }
  }

  /** Refuses two clocks that differ too much, naming both. */
  static void requireAgreement(NodeId there, Instant thereNow, NodeId here, Instant hereNow) {
    Duration skew = Duration.between(hereNow, thereNow).abs();
    if (skew.compareTo(WireLimits.CLOCK_SKEW) > 0) {
      throw new GodwitException(
          WireError.CLOCK_SKEW,
          "comparing the clocks of " + here + " and " + there,
          "the clock of node "
              + there
              + " says "
              + thereNow
              + ", that of node "
              + here
              + " says "
              + hereNow
              + ": "
              + skew.toSeconds()
              + " s apart, at most "
              + WireLimits.CLOCK_SKEW.toSeconds()
              + " s are allowed",
          "set the clock that is wrong, for example with chrony or systemd-timesyncd");
    }
  }

  private static Instant clockOf(Metadata headers) {
    String text = headers.get(CLOCK);
    try {
      if (text != null && text.length() <= 20) {
        return Instant.ofEpochMilli(Long.parseLong(text));
      }
    } catch (NumberFormatException notANumber) {
      // Falls to the refusal below.
    }
    throw new GodwitException(
        WireError.GARBAGE,
        "reading a call",
        "it does not tell the caller's clock",
        "run the same version of Godwit on all nodes");
  }

  private static @Nullable X509Certificate certificate(ServerCall<?, ?> call) {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      return null;
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate leaf ? leaf : null;
    } catch (SSLPeerUnverifiedException none) {
      return null;
    }
  }
}
