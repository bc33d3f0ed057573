package io.godwit.node.daemon;

import io.godwit.core.NodeId;
import io.godwit.node.cluster.ClusterLimits;
import io.godwit.node.cluster.Neighbours;
import io.godwit.node.migration.MigrationResult;
import io.godwit.node.peers.ClusterLink;
import io.godwit.wire.proto.AdmitReply;
import io.godwit.wire.proto.AdmitRequest;
import io.godwit.wire.proto.LoadNote;
import io.godwit.wire.proto.LoadTaken;
import java.util.List;

/** The other nodes, for the scheduler. */
record DaemonNeighbours(ClusterLink link) implements Neighbours {
  @Override
  public List<NodeId> members() {
    return List.copyOf(link.members().keySet());
  }

  @Override
  public LoadTaken tell(NodeId node, LoadNote note) {
    return link.tell(node, note, ClusterLimits.NOTE_TIME);
  }

  @Override
  public AdmitReply admit(NodeId node, AdmitRequest request) {
    return link.admit(node, request);
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
