package io.godwit.node.peers;

import io.godwit.core.Epoch;
import io.godwit.core.NodeId;
import io.godwit.core.control.MoveWishes;
import io.godwit.node.Configuration;
import io.godwit.node.StateDirectory;
import io.godwit.node.journal.DurableFiles;
import io.godwit.node.migration.MoveOrder;
import io.godwit.node.migration.PhaseGate;
import io.godwit.node.security.ClusterAdmission;
import io.godwit.node.security.IdentityFiles;
import io.godwit.wire.proto.ConsoleFrame;
import io.godwit.wire.proto.ProcessStatus;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A node with fake processes and everything else real, on 127.0.0.1. */
final class TestNode implements Residents, AutoCloseable {
  final NodeId name;
  final FakeMachine machine;
  final Map<String, Epoch> owned = new ConcurrentHashMap<>();
  final Set<String> doubtful = ConcurrentHashMap.newKeySet();
  private final StateDirectory state;
  private final Path pages;
  volatile boolean encrypt = true;
  volatile boolean accept = true;
  volatile boolean following = true;
  private volatile FakeMachine.Daemon daemon;
  private volatile ClusterLink link;

  TestNode(String name, Path directory, FakeMachine.World world) {
    this.name = new NodeId(name);
    this.machine = new FakeMachine(world);
    this.state = StateDirectory.open(directory.resolve(name));
    this.daemon = machine.mover();
    this.pages = directory.resolve("pages");
  }

  /** Founds a cluster or enters that of another node, and starts. */
  TestNode enter(TestNode first) {
    ClusterAdmission admission = new ClusterAdmission(state, InstantSource.system());
    if (first == null) {
      admission.init("test", name, "127.0.0.1:1");
    } else {
      admission.join(
          io.godwit.node.security.Addresses.parse(first.link.address()),
          new ClusterAdmission(first.state, InstantSource.system())
              .token(Duration.ofMinutes(1), first.link.address()),
          name,
          "127.0.0.1:1");
    }
    start(PhaseGate.OPEN);
    return this;
  }

  void start(PhaseGate gate) {
    daemon = machine.mover();
    Configuration configuration =
        Configuration.defaults(name, state.root())
            .at("127.0.0.1:0", "127.0.0.1:0", 0)
            .encryptingPages(encrypt)
            .storingPages(store())
            .accepting(accept);
    link =
        new ClusterLink(
            new ClusterLink.Parts(
                configuration,
                new NodeFacts(configuration, following),
                state,
                new IdentityFiles(state).load(),
                this,
                daemon,
                gate,
                InstantSource.system(),
                Duration.ofMillis(50)),
            pod ->
                new MoveOrder(
                    pod,
                    owned.getOrDefault(pod, Epoch.FIRST),
                    name,
                    link.address(),
                    name,
                    "",
                    encrypt,
                    0,
                    MoveWishes.NONE));
  }

  private Configuration.Store store() {
    DurableFiles.ownedDirectory(pages);
    Configuration.Store usual = Configuration.Store.DEFAULT;
    return new Configuration.Store(pages, null, usual.limitBytes(), usual.retention());
  }

  /** The daemon is killed where it stands. */
  void die() {
    daemon.die();
    link.close();
  }

  boolean daemonLives() {
    return daemon.lives();
  }

  ClusterLink link() {
    return link;
  }

  StateDirectory state() {
    return state;
  }

  void run(String pod, byte[] memory) {
    owned.put(pod, Epoch.FIRST);
    machine.start(pod, memory);
  }

  @Override
  public void close() {
    link.close();
  }

  @Override
  public List<ProcessStatus> statuses() {
    return owned.entrySet().stream()
        .map(
            e ->
                ProcessStatus.newBuilder()
                    .setPod(e.getKey())
                    .setEpoch(e.getValue().number())
                    .setNode(name.name())
                    .build())
        .toList();
  }

  @Override
  public int foreign() {
    return 0;
  }

  @Override
  public void departed(String pod, NodeId to, Epoch epoch, NodeId home) {
    owned.remove(pod);
  }

  @Override
  public void resumed(String pod, Epoch epoch) {
    owned.put(pod, epoch);
  }

  @Override
  public void arrived(String pod, NodeId from, Epoch epoch, NodeId home) {
    owned.put(pod, epoch);
  }

  @Override
  public void kept(String pod) {}

  @Override
  public void inDoubt(String pod, NodeId peer, boolean doubt) {
    if (doubt) {
      doubtful.add(pod);
    } else {
      doubtful.remove(pod);
    }
  }

  @Override
  public Epoch reported(ProcessStatus status, NodeId by) {
    return new Epoch(status.getEpoch());
  }

  @Override
  public void signal(String pod, int signal) {}

  @Override
  public CompletableFuture<Integer> ended(String pod) {
    return new CompletableFuture<>();
  }

  @Override
  public StreamObserver<ConsoleFrame> relay(NodeId by, StreamObserver<ConsoleFrame> back) {
    throw new UnsupportedOperationException("no consoles here");
  }
}
