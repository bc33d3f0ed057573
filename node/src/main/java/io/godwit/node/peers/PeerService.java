package io.godwit.node.peers;

import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeError;
import io.godwit.node.migration.MigrationService;
import io.godwit.node.security.Membership;
import io.godwit.wire.PeerServer;
import io.godwit.wire.WireFailure;
import io.godwit.wire.proto.AwaitReply;
import io.godwit.wire.proto.AwaitRequest;
import io.godwit.wire.proto.ClaimReply;
import io.godwit.wire.proto.ClaimRequest;
import io.godwit.wire.proto.ConsoleFrame;
import io.godwit.wire.proto.ControlReply;
import io.godwit.wire.proto.ControlRequest;
import io.godwit.wire.proto.DrainProgress;
import io.godwit.wire.proto.DrainRequest;
import io.godwit.wire.proto.InquireReply;
import io.godwit.wire.proto.InquireRequest;
import io.godwit.wire.proto.KeepReply;
import io.godwit.wire.proto.KeepRequest;
import io.godwit.wire.proto.MemberEntry;
import io.godwit.wire.proto.MembersReply;
import io.godwit.wire.proto.MembersRequest;
import io.godwit.wire.proto.MigrationMessage;
import io.godwit.wire.proto.MoveProgress;
import io.godwit.wire.proto.MoveRequest;
import io.godwit.wire.proto.MoveStatus;
import io.godwit.wire.proto.NegotiateReply;
import io.godwit.wire.proto.NegotiateRequest;
import io.godwit.wire.proto.NodeDescription;
import io.godwit.wire.proto.RegistryAnswer;
import io.godwit.wire.proto.RegistryBatch;
import io.godwit.wire.proto.RegistryOutcomes;
import io.godwit.wire.proto.RegistryQuestion;
import io.godwit.wire.proto.ReportReply;
import io.godwit.wire.proto.ReportRequest;
import io.godwit.wire.proto.SignalReply;
import io.godwit.wire.proto.SignalRequest;
import io.godwit.wire.proto.StatusReply;
import io.godwit.wire.proto.StatusRequest;
import io.godwit.wire.proto.StoreReply;
import io.godwit.wire.proto.StoreRequest;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Answers the calls of other nodes; each call has a virtual thread of its own. */
final class PeerService extends LoadService {
  private final InstantSource clock;
  private final NodeId self;
  private final Membership members;
  private final Supplier<NodeDescription> description;
  private final Residents residents;
  private final MigrationService migrations;
  private final Mover mover;
  private final Consumer<NodeId> greeted;
  private final Supplier<PeerScheduling> scheduling;
  private final Supplier<PeerJobs> jobs;
  private final Supplier<PeerRegistry> registry;
  private final Supplier<List<MoveStatus>> moves;

  /** Moves a pod of this node for another node. */
  interface Mover {
    void move(MoveRequest request, StreamObserver<MoveProgress> out) throws InterruptedException;
  }

  PeerService(
      NodeId self,
      Membership members,
      Supplier<NodeDescription> description,
      Residents residents,
      MigrationService migrations,
      Mover mover,
      Consumer<NodeId> greeted,
      InstantSource clock,
      Supplier<PeerScheduling> scheduling,
      Supplier<PeerJobs> jobs,
      Supplier<PeerRegistry> registry,
      Supplier<List<MoveStatus>> moves) {
    super(self, members, description, clock, scheduling);
    this.clock = clock;
    this.self = self;
    this.members = members;
    this.description = description;
    this.residents = residents;
    this.migrations = migrations;
    this.mover = mover;
    this.greeted = greeted;
    this.scheduling = scheduling;
    this.jobs = jobs;
    this.registry = registry;
    this.moves = moves;
  }

  @Override
  public void negotiate(NegotiateRequest request, StreamObserver<NegotiateReply> out) {
    answer(out, () -> migrations.negotiate(request, PeerServer.caller()));
  }

  @Override
  public StreamObserver<MigrationMessage> migrate(StreamObserver<MigrationMessage> out) {
    return migrations.migrate(PeerServer.caller(), out);
  }

  @Override
  public void inquire(InquireRequest request, StreamObserver<InquireReply> out) {
    answer(out, () -> migrations.inquire(request, PeerServer.caller()));
  }

  @Override
  public void keep(KeepRequest request, StreamObserver<KeepReply> out) {
    answer(out, () -> migrations.keep(request, PeerServer.caller()));
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusReply> out) {
    greeted.accept(PeerServer.caller());
    answer(
        out,
        () ->
            StatusReply.newBuilder()
                .setNode(description.get())
                .addAllProcesses(residents.statuses())
                .setClockMillis(clock.millis())
                .addAllMoves(moves.get())
                .build());
  }

  @Override
  public void report(ReportRequest request, StreamObserver<ReportReply> out) {
    answer(
        out,
        () -> {
          Epoch known = residents.reported(request.getProcess(), PeerServer.caller());
          return ReportReply.newBuilder().setEpoch(known.number()).build();
        });
  }

  @Override
  public void move(MoveRequest request, StreamObserver<MoveProgress> out) {
    try {
      mover.move(request, out);
      out.onCompleted();
    } catch (RuntimeException failed) {
      out.onError(WireFailure.toStatus(failed));
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      out.onError(WireFailure.toStatus(stopping(self)));
    }
  }

  @Override
  public void drain(DrainRequest request, StreamObserver<DrainProgress> out) {
    try {
      scheduling.get().drain(request, out::onNext);
      out.onCompleted();
    } catch (RuntimeException failed) {
      out.onError(WireFailure.toStatus(failed));
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      out.onError(WireFailure.toStatus(stopping(self)));
    }
  }

  @Override
  public void claim(ClaimRequest request, StreamObserver<ClaimReply> out) {
    answer(out, () -> jobs.get().claim(request, PeerServer.caller()));
  }

  @Override
  public void store(StoreRequest request, StreamObserver<StoreReply> out) {
    answer(out, () -> jobs.get().store(request, PeerServer.caller()));
  }

  @Override
  public void control(ControlRequest request, StreamObserver<ControlReply> out) {
    answer(out, () -> jobs.get().control(request, PeerServer.caller()));
  }

  @Override
  public void enter(RegistryBatch request, StreamObserver<RegistryOutcomes> out) {
    answer(out, () -> registry.get().enter(request, PeerServer.caller()));
  }

  @Override
  public void consult(RegistryQuestion request, StreamObserver<RegistryAnswer> out) {
    answer(out, () -> registry.get().consult(request));
  }

  @Override
  public void signal(SignalRequest request, StreamObserver<SignalReply> out) {
    answer(
        out,
        () -> {
          residents.signal(request.getPod(), request.getSignal());
          return SignalReply.getDefaultInstance();
        });
  }

  @Override
  public void await(AwaitRequest request, StreamObserver<AwaitReply> out) {
    try {
      var _ =
          residents
              .ended(request.getPod())
              .whenComplete(
                  (status, failure) -> {
                    if (failure != null) {
                      out.onError(WireFailure.toStatus(failure));
                    } else {
                      out.onNext(AwaitReply.newBuilder().setWaitStatus(status).build());
                      out.onCompleted();
                    }
                  });
    } catch (GodwitException refused) {
      out.onError(WireFailure.toStatus(refused));
    }
  }

  @Override
  public StreamObserver<ConsoleFrame> relay(StreamObserver<ConsoleFrame> out) {
    return residents.relay(PeerServer.caller(), out);
  }

  @Override
  public void members(MembersRequest request, StreamObserver<MembersReply> out) {
    answer(
        out,
        () -> {
          NodeId caller = PeerServer.caller();
          if (request.getSender().getNode().equals(caller.name())) {
            members.learn(caller, request.getSender().getAddress());
          }
          MembersReply.Builder reply = MembersReply.newBuilder();
          members
              .all()
              .forEach(
                  (node, address) ->
                      reply.addMembers(
                          MemberEntry.newBuilder().setNode(node.name()).setAddress(address)));
          return reply.build();
        });
  }

  private static GodwitException stopping(NodeId self) {
    return new GodwitException(
        NodeError.STOPPING,
        "answering a call",
        "the daemon of node " + self + " stops",
        "start it again with 'systemctl start godwit'");
  }
}
