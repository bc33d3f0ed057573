package io.godwit.node.migration;

import io.godwit.core.Epoch;
import io.godwit.core.NodeId;
import io.godwit.wire.PeerConnection;
import java.net.InetSocketAddress;
import java.time.Duration;

/** What migrations need of the daemon around them. */
public interface MigrationHost {
  NodeId self();

  /** A connection to a node of the cluster, kept for later calls. */
  PeerConnection connect(NodeId node);

  /** Where a node takes pages. */
  InetSocketAddress pageAddress(NodeId node, int port);

  /** From the freeze to a complete instance at the destination, at most. */
  Duration readyTimeout();

  /** A node does not answer over a connection that seems to stand: the next call takes another. */
  void unanswered(NodeId node);

  /** Another node owns the pod from now on. Called before the local instance is removed. */
  void departed(String pod, NodeId to, Epoch epoch, NodeId home);

  /**
   * The pod runs here under this epoch, and whoever asks is to hear it: the source is told next,
   * and may be asked where the process is. {@link #arrived} follows, which may wait for a disk.
   */
  void resumed(String pod, Epoch epoch);

  /** This node owns the pod from now on; it runs. */
  void arrived(String pod, NodeId from, Epoch epoch, NodeId home);

  /** A migration from here was undone: the pod goes on here. */
  void kept(String pod);

  /** Whether nobody knows who owns the pod, see {@link SourceOwnership}. */
  void inDoubt(String pod, NodeId peer, boolean doubt);
}
