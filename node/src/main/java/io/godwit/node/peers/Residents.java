package io.godwit.node.peers;

import io.godwit.core.Epoch;
import io.godwit.core.NodeId;
import io.godwit.wire.proto.ConsoleFrame;
import io.godwit.wire.proto.ProcessStatus;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The processes of this node, as its dealings with other nodes need them. */
public interface Residents {
  /** Every process that is here, or was started here. */
  List<ProcessStatus> statuses();

  /** How many processes of other homes are here. */
  int foreign();

  /** See {@link io.godwit.node.migration.MigrationHost}. */
  void departed(String pod, NodeId to, Epoch epoch, NodeId home);

  /** The pod runs here under this epoch: told before the source hears it, without a disk. */
  void resumed(String pod, Epoch epoch);

  /** This node owns the pod from now on. */
  void arrived(String pod, NodeId from, Epoch epoch, NodeId home);

  /** The pod goes on here. */
  void kept(String pod);

  /** Whether nobody knows who owns the pod. */
  void inDoubt(String pod, NodeId peer, boolean doubt);

  /** A process of this home is there, or has ended there. Gives back the epoch known here. */
  Epoch reported(ProcessStatus status, NodeId by);

  /** Sends a signal to the main process of a pod that is here. */
  void signal(String pod, int signal);

  /** The wait status of a pod that is here, when it has ended. */
  CompletableFuture<Integer> ended(String pod);

  /** Console bytes of a pod of this home that runs at {@code by}. */
  StreamObserver<ConsoleFrame> relay(NodeId by, StreamObserver<ConsoleFrame> back);
}
