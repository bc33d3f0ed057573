package io.godwit.node.registry;

import io.godwit.core.NodeId;
import io.godwit.wire.proto.RegistryAnswer;
import java.io.DataInput;
import java.io.DataOutput;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jgroups.Address;
import org.jgroups.JChannel;
import org.jgroups.View;
import org.jgroups.protocols.FD_ALL3;
import org.jgroups.protocols.FRAG2;
import org.jgroups.protocols.MERGE3;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.TCPPING;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.VERIFY_SUSPECT2;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.protocols.pbcast.STABLE;
import org.jgroups.protocols.raft.ELECTION2;
import org.jgroups.protocols.raft.NO_DUPES;
import org.jgroups.protocols.raft.RAFT;
import org.jgroups.protocols.raft.REDIRECT;
import org.jgroups.raft.Options;
import org.jgroups.raft.RaftHandle;
import org.jgroups.raft.StateMachine;
import org.jgroups.stack.Protocol;
import org.jgroups.util.NameCache;

/**
 * The stack of protocols between the voters, from the ground up: TCP under TLS, discovery from the
 * list of voters, failure detection, reliable messages, views, and on them election and the
 * replicated log. No multicast, no port but the one that was told, few threads.
 *
 * <pre>
 * TCP TCPPING MERGE3 FD_ALL3 VERIFY_SUSPECT2 NAKACK2 UNICAST3 STABLE NO_DUPES GMS FRAG2
 * ELECTION2 RAFT REDIRECT
 * </pre>
 */
final class RaftGroup implements AutoCloseable {
  private static final int CONNECT_MILLIS = 1000;
  private static final int HANDSHAKE_MILLIS = 1000;
  private static final int BUFFER_BYTES = 256 << 10;
  private static final int MOST_THREADS = 16;
  private static final int MOST_BYTES = 64 << 20;
  private static final int FRAGMENT_BYTES = 60_000;
  private static final int STABLE_BYTES = 1 << 20;

  /** In the time after which a silent voter counts as gone, it is to be heard so often. */
  private static final int BEATS = 5;

  private static final int JOIN_MILLIS = 1500;
  private static final int MERGE_MILLIS = 2000;
  private static final int RESEND_MILLIS = 500;

  static {
    QuietLog.install();
  }

  private final String cluster;
  private final Set<NodeId> voters;
  private final JChannel channel;
  private final RAFT raft;
  private final RaftHandle handle;
  private final ReentrantLock ending = new ReentrantLock();

  /**
   * @param own where it listens
   * @param others where the other voters do, as far as that is known; those that are not find it
   */
  RaftGroup(
      Voter.Parts parts,
      InetSocketAddress own,
      Collection<InetSocketAddress> others,
      RegistryState state)
      throws Exception {
    this.cluster = "godwit-" + parts.cluster();
    this.voters = parts.voters();
    this.raft =
        new RAFT()
            .members(voters.stream().map(NodeId::name).toList())
            .raftId(parts.self().name())
            .logDir(parts.directory().toString())
            .logPrefix("registry")
            .logClass("org.jgroups.protocols.raft.FileBasedLog")
            .logUseFsync(true)
            .maxLogSize(parts.logBytes())
            .resendInterval(RESEND_MILLIS);
    this.channel = new JChannel(stack(parts, own, others, raft)).name(parts.self().name());
    this.handle = new RaftHandle(channel, new Machine(state));
  }

  private static Protocol[] stack(
      Voter.Parts parts, InetSocketAddress own, Collection<InetSocketAddress> others, RAFT raft) {
    long silence = parts.silence().toMillis();
    MERGE3 merge = new MERGE3();
    merge.setMinInterval(silence / BEATS).setMaxInterval(3 * silence / BEATS);
    TCPPING discovery = new TCPPING();
    discovery.setInitialHosts(others).setPortRange(0);
    return new Protocol[] {
      transport(parts, own),
      discovery,
      merge,
      new FD_ALL3().setInterval(silence / BEATS).setTimeout(silence),
      new VERIFY_SUSPECT2().setTimeout(silence / BEATS),
      new NAKACK2().useMcastXmit(false),
      new UNICAST3(),
      new STABLE().setMaxBytes(STABLE_BYTES),
      new NO_DUPES(),
      new GMS()
          .setJoinTimeout(JOIN_MILLIS)
          .setMergeTimeout(MERGE_MILLIS)
          .setViewAckCollectionTimeout(silence / BEATS)
          .printLocalAddress(false),
      new FRAG2().setFragSize(FRAGMENT_BYTES),
      new ELECTION2(),
      raft,
      new REDIRECT()
    };
  }

  private static TCP transport(Voter.Parts parts, InetSocketAddress own) {
    TCP tcp = new TCP();
    tcp.setSocketFactory(new VoterSockets(parts.tls()));
    tcp.setBindAddress(own.getAddress());
    tcp.setBindPort(own.getPort());
    tcp.setPortRange(0);
    tcp.disableDiagnostics();
    tcp.getThreadPool().setMinThreads(0).setMaxThreads(MOST_THREADS);
    tcp.setSockConnTimeout(CONNECT_MILLIS)
        .setPeerAddrReadTimeout(HANDSHAKE_MILLIS)
        .setRecvBufSize(BUFFER_BYTES)
        .setSendBufSize(BUFFER_BYTES)
        .setMaxLength(MOST_BYTES)
        .enableSuspectEvents(true);
    return tcp;
  }

  /** How the log's entries reach the state. */
  private record Machine(RegistryState state) implements StateMachine {
    @Override
    public byte[] apply(byte[] data, int offset, int length, boolean answered) {
      return state.apply(data, offset, length).toByteArray();
    }

    @Override
    public void readContentFrom(DataInput in) throws Exception {
      int length = in.readInt();
      if (length < 0 || length > RegistryLimits.SNAPSHOT_BYTES) {
        throw RegistryState.damaged("its length is " + length);
      }
      byte[] bytes = new byte[length];
      in.readFully(bytes);
      state.restore(bytes);
    }

    @Override
    public void writeContentTo(DataOutput out) throws Exception {
      byte[] bytes = state.snapshot();
      out.writeInt(bytes.length);
      out.write(bytes);
    }
  }

  /** Joins the others that are there. */
  void join() throws Exception {
    channel.connect(cluster);
  }

  CompletableFuture<byte[]> enter(byte[] entry) throws Exception {
    return handle.setAsync(entry, 0, entry.length, new Options());
  }

  /** The voters that it is in one view with, itself included. */
  Set<String> reached() {
    Set<String> names = new TreeSet<>();
    View view = channel.getView();
    if (view != null) {
      for (Address member : view.getMembers()) {
        names.add(name(member));
      }
    }
    names.retainAll(voters.stream().map(NodeId::name).toList());
    return names;
  }

  private String name(Address member) {
    String name = NameCache.get(member);
    return name == null ? "" : name;
  }

  void describe(RegistryAnswer.Builder answer) {
    Address leader = raft.leader();
    answer
        .addAllReached(reached())
        .setLeader(leader == null ? "" : name(leader))
        .setTerm(raft.currentTerm())
        .setApplied(raft.commitIndex());
  }

  JChannel channel() {
    return channel;
  }

  @Override
  public void close() {
    ending.lock();
    try {
      channel.close();
    } finally {
      ending.unlock();
    }
  }
}
