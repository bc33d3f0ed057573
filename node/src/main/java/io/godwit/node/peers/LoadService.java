package io.godwit.node.peers;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.security.Membership;
import io.godwit.wire.PeerServer;
import io.godwit.wire.WireError;
import io.godwit.wire.WireFailure;
import io.godwit.wire.WireLimits;
import io.godwit.wire.proto.AdmitReply;
import io.godwit.wire.proto.AdmitRequest;
import io.godwit.wire.proto.ExplainReply;
import io.godwit.wire.proto.ExplainRequest;
import io.godwit.wire.proto.HelloReply;
import io.godwit.wire.proto.HelloRequest;
import io.godwit.wire.proto.LoadNote;
import io.godwit.wire.proto.LoadTaken;
import io.godwit.wire.proto.NodeDescription;
import io.godwit.wire.proto.PeerGrpc;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Answers the calls that load information and scheduling need: greetings, notes, questions. */
class LoadService extends PeerGrpc.PeerImplBase {
  private final NodeId self;
  private final Membership members;
  private final Supplier<NodeDescription> description;
  private final InstantSource clock;
  private final Supplier<PeerScheduling> scheduling;

  LoadService(
      NodeId self,
      Membership members,
      Supplier<NodeDescription> description,
      InstantSource clock,
      Supplier<PeerScheduling> scheduling) {
    this.self = self;
    this.members = members;
    this.description = description;
    this.clock = clock;
    this.scheduling = scheduling;
  }

  @Override
  public void hello(HelloRequest request, StreamObserver<HelloReply> out) {
    answer(
        out,
        () -> {
          NodeId caller = PeerServer.caller();
          int version = Math.min(request.getVersionMax(), WireLimits.VERSION_MAX);
          if (version < Math.max(request.getVersionMin(), WireLimits.VERSION_MIN)) {
            throw new GodwitException(
                WireError.NO_COMMON_VERSION,
                "greeting node " + self,
                "it speaks protocol versions "
                    + WireLimits.VERSION_MIN
                    + " to "
                    + WireLimits.VERSION_MAX
                    + ", node "
                    + caller
                    + " speaks "
                    + request.getVersionMin()
                    + " to "
                    + request.getVersionMax(),
                "run the same version of Godwit on all nodes");
          }
          if (!request.getSender().getAddress().isEmpty()) {
            members.learn(caller, request.getSender().getAddress());
          }
          return HelloReply.newBuilder()
              .setVersion(version)
              .setNode(description.get())
              .setClockMillis(clock.millis())
              .build();
        });
  }

  @Override
  public void load(LoadNote request, StreamObserver<LoadTaken> out) {
    answer(out, () -> scheduling.get().take(request, PeerServer.caller()));
  }

  @Override
  public void admit(AdmitRequest request, StreamObserver<AdmitReply> out) {
    answer(out, () -> scheduling.get().admit(request, PeerServer.caller()));
  }

  @Override
  public void explain(ExplainRequest request, StreamObserver<ExplainReply> out) {
    answer(out, () -> scheduling.get().explain(request));
  }

  static <T> void answer(StreamObserver<T> out, Supplier<T> reply) {
    try {
      out.onNext(reply.get());
      out.onCompleted();
    } catch (RuntimeException failed) {
      out.onError(WireFailure.toStatus(failed));
    }
  }
}
