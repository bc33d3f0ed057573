package io.godwit.node.daemon;

import io.godwit.core.NodeId;
import io.godwit.node.cluster.ClusterLimits;
import io.godwit.node.cluster.Neighbours;
import io.godwit.node.migration.MigrationResult;
import io.godwit.node.peers.ClusterLink;
import io.godwit.wire.WireFailure;
import io.godwit.wire.proto.AdmitReply;
import io.godwit.wire.proto.AdmitRequest;
import io.godwit.wire.proto.LoadNote;
import io.godwit.wire.proto.LoadTaken;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The other nodes, for the scheduler. */
record DaemonNeighbours(ClusterLink link) implements Neighbours {
  @Override
  public List<NodeId> members() {
    return List.copyOf(link.members().keySet());
  }

  @Override
  public LoadTaken tell(NodeId node, LoadNote note) {
    try {
      return link.connect(node)
          .longCalls()
          .withDeadlineAfter(ClusterLimits.NOTE_TIME.toMillis(), TimeUnit.MILLISECONDS)
          .load(note);
    } catch (StatusRuntimeException failed) {
      throw WireFailure.fromStatus(failed, node.name());
    }
  }

  @Override
  public AdmitReply admit(NodeId node, AdmitRequest request) {
    try {
      return link.connect(node).calls().admit(request);
    } catch (StatusRuntimeException failed) {
      throw WireFailure.fromStatus(failed, node.name());
    }
  }

  @Override
  public MigrationResult move(String pod, NodeId to, String strategy) throws InterruptedException {
    return link.move(pod, to, strategy, (phase, bytes, expected, elapsed) -> {});
  }

  @Override
  public boolean moving(String pod) {
    return link.migrations().moving(pod);
  }
}
