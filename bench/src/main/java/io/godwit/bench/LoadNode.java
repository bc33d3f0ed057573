package io.godwit.bench;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.cluster.ClusterLimits;
import io.godwit.node.cluster.ClusterScheduling;
import io.godwit.node.cluster.Guesthood;
import io.godwit.node.cluster.LoadCollector;
import io.godwit.node.cluster.Neighbours;
import io.godwit.node.cluster.ResidentPod;
import io.godwit.node.cluster.ResidentPods;
import io.godwit.node.migration.MigrationResult;
import io.godwit.node.peers.LoadLink;
import io.godwit.node.security.CertificateAuthority;
import io.godwit.node.security.Membership;
import io.godwit.policy.load.LoadRecord;
import io.godwit.wire.NodeIdentity;
import io.godwit.wire.PeerLoops;
import io.godwit.wire.proto.AdmitReply;
import io.godwit.wire.proto.AdmitRequest;
import io.godwit.wire.proto.LoadNote;
import io.godwit.wire.proto.LoadTaken;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * The load layer and the scheduler of a node as a daemon has them, over real connections, without
 * the rest of a daemon: it has no pods, and its figures are those of a machine that does nothing.
 */
final class LoadNode implements AutoCloseable {
  private final NodeId id;
  private final Membership members;
  private final LoadLink link;
  private final ClusterScheduling scheduling;
  private final Traffic traffic;

  /** What all nodes of a measurement have said. */
  static final class Traffic {
    final LongAdder notes = new LongAdder();
    final LongAdder lost = new LongAdder();
    final LongAdder bytes = new LongAdder();
  }

  /** What the nodes of one measurement share. */
  record Ground(
      CertificateAuthority authority,
      Membership members,
      PeerLoops loops,
      Path directory,
      String profile,
      Traffic traffic) {}

  LoadNode(NodeId id, Ground ground) {
    this.id = id;
    this.members = ground.members();
    this.traffic = ground.traffic();
    KeyPair keys = CertificateAuthority.newKeys();
    CertificateAuthority authority = ground.authority();
    NodeIdentity identity =
        new NodeIdentity(
            keys.getPrivate(),
            authority.issue(id, keys.getPublic(), Instant.now()),
            authority.certificate());
    this.link = new LoadLink(identity, members, InstantSource.system(), ground.loops());
    this.scheduling =
        new ClusterScheduling(
            id,
            ground.directory(),
            ground.profile(),
            new LoadCollector(id, 1, Set.of(), ground.directory()),
            new Guesthood(true, 0, false, Duration.ZERO, 0),
            new NoPods(),
            new Others());
    link.attach(scheduling);
  }

  NodeId id() {
    return id;
  }

  void start() {
    scheduling.start();
  }

  /** What it knows of the others; nothing where it has no time to answer. */
  List<LoadRecord> records() {
    try {
      return scheduling.records();
    } catch (GodwitException busy) {
      return List.of();
    }
  }

  /** Whether it believes that the other is dead. */
  boolean suspects(NodeId other) {
    try {
      return scheduling.suspects(other);
    } catch (GodwitException busy) {
      return false;
    }
  }

  /** All of it ends at once; what is connected to it sees its connections break. */
  @Override
  public void close() {
    scheduling.close();
    link.close();
  }

  private static final class NoPods implements ResidentPods {
    @Override
    public List<ResidentPod> here() {
      return List.of();
    }

    @Override
    public void suspend(String pod, boolean stop) {}

    @Override
    public void yieldTo(String pod, int niceness) {}
  }

  private final class Others implements Neighbours {
    @Override
    public List<NodeId> members() {
      return List.copyOf(members.all().keySet());
    }

    @Override
    public LoadTaken tell(NodeId node, LoadNote note) {
      traffic.notes.increment();
      traffic.bytes.add(note.getSerializedSize());
      try {
        LoadTaken taken = link.tell(node, note, ClusterLimits.NOTE_TIME);
        traffic.bytes.add(taken.getSerializedSize());
        return taken;
      } catch (GodwitException silent) {
        traffic.lost.increment();
        throw silent;
      }
    }

    @Override
    public AdmitReply admit(NodeId node, AdmitRequest request) {
      return link.admit(node, request);
    }

    @Override
    public MigrationResult move(String pod, NodeId to, String strategy) {
      throw new IllegalStateException("a node without pods has nothing to move");
    }

    @Override
    public boolean moving(String pod) {
      return false;
    }
  }
}
