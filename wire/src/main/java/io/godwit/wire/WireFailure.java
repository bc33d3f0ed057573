package io.godwit.wire;

import io.godwit.core.ErrorCode;
import io.godwit.core.ExitStatus;
import io.godwit.core.GodwitException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Carries a {@link GodwitException} through gRPC: its four parts travel as call metadata, so that
 * the user on one node reads what the other node wrote.
 */
public final class WireFailure {
  private static final int PART_CHARACTERS = 2000;

  /** Chains of causes are followed this far. */
  private static final int CAUSES = 16;

  private static final Metadata.Key<byte[]> CODE = key("code");
  private static final Metadata.Key<byte[]> EXIT = key("exit");
  private static final Metadata.Key<byte[]> WHAT = key("what");
  private static final Metadata.Key<byte[]> WHY = key("why");
  private static final Metadata.Key<byte[]> ADVICE = key("advice");

  private WireFailure() {}

  /** A code that another node named; it may be newer than this build. */
  public record PeerCode(String code, ExitStatus exitStatus) implements ErrorCode {}

  /** What a handler answers to its caller for a failure. */
  public static StatusException toStatus(Throwable failure) {
    GodwitException known = known(failure);
    Metadata trailers = new Metadata();
    trailers.put(CODE, bytes(known.code().code()));
    trailers.put(EXIT, bytes(known.code().exitStatus().name()));
    trailers.put(WHAT, bytes(known.what()));
    trailers.put(WHY, bytes(known.why()));
    trailers.put(ADVICE, bytes(known.advice()));
    return Status.FAILED_PRECONDITION.withDescription(known.code().code()).asException(trailers);
  }

  /** What a caller throws for a failed call to {@code peer}. */
  public static GodwitException fromStatus(Throwable failure, String peer) {
    if (failure instanceof GodwitException known) {
      return known;
    }
    Metadata trailers =
        switch (failure) {
          case StatusRuntimeException e -> e.getTrailers();
          case StatusException e -> e.getTrailers();
          default -> null;
        };
    if (trailers != null && trailers.containsKey(CODE)) {
      return new GodwitException(
          new PeerCode(text(trailers, CODE), exit(text(trailers, EXIT))),
          text(trailers, WHAT),
          text(trailers, WHY),
          text(trailers, ADVICE),
          failure);
    }
    return transport(failure, peer);
  }

  private static GodwitException transport(Throwable failure, String peer) {
    Throwable root = failure;
    boolean handshake = false;
    for (int i = 0; i < CAUSES && root.getCause() != null; i++) {
      root = root.getCause();
      handshake |= root instanceof GeneralSecurityException || root instanceof SSLException;
    }
    String what = "calling node " + peer;
    Status status = Status.fromThrowable(failure);
    if (handshake) {
      return new GodwitException(
          WireError.STRANGER,
          what,
          "the nodes do not accept each other's certificates: " + root.getMessage(),
          "both must be of one cluster: run 'godwit token' there and 'godwit join' here",
          failure);
    }
    if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
      return new GodwitException(
          WireError.TIMEOUT,
          what,
          "it did not answer in time",
          "check its load and the network between the nodes",
          failure);
    }
    if (status.getCode() == Status.Code.UNAVAILABLE || status.getCode() == Status.Code.CANCELLED) {
      String why =
          root instanceof ConnectException
              ? "nothing listens there: " + root.getMessage()
              : "the connection failed: " + describe(root);
      return new GodwitException(
          WireError.UNREACHABLE,
          what,
          why,
          "check that its daemon runs and that its port is open",
          failure);
    }
    return new GodwitException(
        WireError.PEER_FAILED,
        what,
        status.getCode() + ": " + describe(root),
        "see what 'godwit nodes' says of it",
        failure);
  }

  private static GodwitException known(Throwable failure) {
    if (failure instanceof GodwitException known) {
      return known;
    }
    return new GodwitException(
        WireError.PEER_FAILED,
        "answering a call",
        describe(failure),
        "report this with the text of the daemon's journal",
        failure);
  }

  private static String describe(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private static ExitStatus exit(String name) {
    for (ExitStatus status : ExitStatus.values()) {
      if (status.name().equals(name)) {
        return status;
      }
    }
    return ExitStatus.FAILED;
  }

  private static Metadata.Key<byte[]> key(String part) {
    return Metadata.Key.of("godwit-error-" + part + "-bin", Metadata.BINARY_BYTE_MARSHALLER);
  }

  private static byte[] bytes(String text) {
    String bounded =
        text.length() <= PART_CHARACTERS ? text : text.substring(0, PART_CHARACTERS) + "...";
    return bounded.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Metadata trailers, Metadata.Key<byte[]> key) {
    byte @Nullable [] value = trailers.get(key);
    return value == null ? "" : new String(value, StandardCharsets.UTF_8);
  }
}
