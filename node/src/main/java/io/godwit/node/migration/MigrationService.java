package io.godwit.node.migration;

import io.godwit.core.NodeId;
import io.godwit.wire.proto.InquireReply;
import io.godwit.wire.proto.InquireRequest;
import io.godwit.wire.proto.KeepReply;
import io.godwit.wire.proto.KeepRequest;
import io.godwit.wire.proto.MigrationMessage;
import io.godwit.wire.proto.NegotiateReply;
import io.godwit.wire.proto.NegotiateRequest;
import io.grpc.stub.StreamObserver;

/** The calls of other nodes that belong to migrations. */
public interface MigrationService {
  /** Step 1 at the destination. */
  NegotiateReply negotiate(NegotiateRequest request, NodeId source);

  /** Steps 2 to 8 at the destination; what the source says goes to the result. */
  StreamObserver<MigrationMessage> migrate(NodeId source, StreamObserver<MigrationMessage> stream);

  /** Who owns a process. */
  InquireReply inquire(InquireRequest request, NodeId asker);

  /** Takes the pages of a process that is moved by flushing from there to a third node. */
  KeepReply keep(KeepRequest request, NodeId source);
}
