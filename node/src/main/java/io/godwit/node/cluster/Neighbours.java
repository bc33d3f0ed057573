package io.godwit.node.cluster;

import io.godwit.core.NodeId;
import io.godwit.node.migration.MigrationResult;
import io.godwit.wire.proto.AdmitReply;
import io.godwit.wire.proto.AdmitRequest;
import io.godwit.wire.proto.LoadNote;
import io.godwit.wire.proto.LoadTaken;
import java.util.List;

/**
 * The other nodes, as a scheduler needs them. Calls block and fail with {@link
 * io.godwit.core.GodwitException}.
 */
public interface Neighbours {
  /** Every node of the cluster, this one included, in an order that all share. */
  List<NodeId> members();

  LoadTaken tell(NodeId node, LoadNote note);

  AdmitReply admit(NodeId node, AdmitRequest request);

  /** Moves a pod of this node and returns when it runs there. */
  MigrationResult move(String pod, NodeId to, String strategy) throws InterruptedException;

  /** Whether a migration of the pod is under way from here, whoever ordered it. */
  boolean moving(String pod);
}
