package io.godwit.node.peers;

import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.control.MoveWishes;
import io.godwit.node.Configuration;
import io.godwit.node.NodeError;
import io.godwit.node.StateDirectory;
import io.godwit.node.cluster.ClusterError;
import io.godwit.node.migration.MigrationHost;
import io.godwit.node.migration.MigrationObserver;
import io.godwit.node.migration.MigrationResult;
import io.godwit.node.migration.Migrations;
import io.godwit.node.migration.MoveOrder;
import io.godwit.node.migration.Negotiation;
import io.godwit.node.migration.PhaseGate;
import io.godwit.node.migration.ProcessMover;
import io.godwit.node.security.Addresses;
import io.godwit.node.security.ClusterAdmission;
import io.godwit.node.security.Membership;
import io.godwit.node.store.PageStores;
import io.godwit.wire.NodeIdentity;
import io.godwit.wire.PageSecurity;
import io.godwit.wire.PageServer;
import io.godwit.wire.PeerConnection;
import io.godwit.wire.PeerServer;
import io.godwit.wire.StallWatch;
import io.godwit.wire.WireLimits;
import io.godwit.wire.proto.AdmitReply;
import io.godwit.wire.proto.AdmitRequest;
import io.godwit.wire.proto.LoadNote;
import io.godwit.wire.proto.LoadTaken;
import io.godwit.wire.proto.MemberEntry;
import io.godwit.wire.proto.MoveProgress;
import io.godwit.wire.proto.MoveRequest;
import io.godwit.wire.proto.MoveResult;
import io.godwit.wire.proto.NegotiateRequest;
import io.godwit.wire.proto.NodeDescription;
import io.godwit.wire.proto.Refusal;
import io.godwit.wire.proto.StatusReply;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A node's part in its cluster while its daemon runs: servers, connections, liveness, migrations.
 * Construction order: journal first, then ears, then voice.
 */
public final class ClusterLink implements MigrationHost, AutoCloseable {
  private final Configuration configuration;
  private final NodeIdentity identity;
  private final Membership members;
  private final Residents residents;
  private final NodeFacts facts;
  private final StallWatch watch = new StallWatch(WireLimits.STALL_TIME);
  private final PeerPool peers;
  private final PageServer pages;
  private final Migrations migrations;
  private final PeerServer server;
  private final Function<String, MoveOrder> orders;
  private final Map<NodeId, Heartbeat> heartbeats = new ConcurrentHashMap<>();
  private final Heartbeat.Parts beating;
  private final Thread asking;
  private volatile String advertise;
  private volatile boolean closing;
  private volatile PeerScheduling scheduling = PeerScheduling.NONE;
  private volatile PeerJobs jobs = PeerJobs.NONE;
  private volatile PeerRegistry registry = PeerRegistry.NONE;

  /**
   * What a link is made of.
   *
   * @param heartbeat how often the other nodes are asked
   */
  public record Parts(
      Configuration configuration,
      NodeFacts facts,
      StateDirectory state,
      NodeIdentity identity,
      Residents residents,
      ProcessMover mover,
      PhaseGate gate,
      InstantSource clock,
      Duration heartbeat) {}

  /**
   * Recovers what was undecided and begins to serve.
   *
   * @param orders what there is to know of a pod of this node that is to be moved; the destination
   *     is filled in
   */
  public ClusterLink(Parts parts, Function<String, MoveOrder> orders) {
    this.configuration = parts.configuration();
    this.identity = parts.identity();
    this.residents = parts.residents();
    this.orders = orders;
    this.members = new Membership(parts.state().members());
    this.facts = parts.facts();
    this.advertise = configuration.advertise();
    this.peers = new PeerPool(identity, members, this::description, parts.clock());
    InetSocketAddress listen = Addresses.parse(configuration.listen());
    this.pages =
        PageServer.start(
            new InetSocketAddress(listen.getAddress(), configuration.pagePort()),
            PageSecurity.tls(identity, parts.clock(), watch),
            watch);
    this.migrations =
        new Migrations(
            this,
            parts.mover(),
            parts.state().journal(),
            pages,
            node -> PageSecurity.tls(identity, node, parts.clock(), watch),
            PageSecurity.none(watch),
            PageStores.of(configuration.store(), parts.state().store()),
            parts.gate(),
            this::negotiate);
    this.beating =
        new Heartbeat.Parts(
            peers,
            members,
            () -> MemberEntry.newBuilder().setNode(self().name()).setAddress(advertise).build(),
            parts.heartbeat(),
            migrations::back);
    migrations.recover();
    ClusterAdmission admission = new ClusterAdmission(parts.state(), parts.clock());
    this.server =
        PeerServer.start(
            listen,
            identity,
            parts.clock(),
            List.of(
                admission.service(self(), members),
                new PeerService(
                    self(),
                    members,
                    this::description,
                    residents,
                    migrations,
                    this::move,
                    this::greeted,
                    parts.clock(),
                    () -> scheduling,
                    () -> jobs,
                    () -> registry,
                    migrations.book()::recent)));
    if (portOf(advertise) == 0) {
      advertise =
          Addresses.format(
              InetSocketAddress.createUnresolved(
                  Addresses.split(advertise).getHostString(), server.address().getPort()));
    }
    members.learn(self(), advertise);
    this.asking = Thread.ofPlatform().daemon().name("godwit-heartbeats").start(this::askAll);
  }

  private static int portOf(String address) {
    return Addresses.split(address).getPort();
  }

  @Override
  public NodeId self() {
    return identity.node();
  }

  public NodeIdentity identity() {
    return identity;
  }

  /** Where other nodes reach this one, host:port. */
  public String address() {
    return advertise;
  }

  public Migrations migrations() {
    return migrations;
  }

  /** Every known node with its address. */
  public SortedMap<NodeId, String> members() {
    return members.all();
  }

  /** What this node tells of itself now. */
  public NodeDescription description() {
    NodeDescription.Builder told =
        facts.describe(residents.foreign()).toBuilder().setAddress(advertise);
    String closed = scheduling.closedTo(false);
    if (!closed.isEmpty()) {
      told.setAccepts(false).setRefusesBecause(closed);
    }
    double queue = scheduling.runQueue();
    return queue < 0 ? told.build() : told.setLoadAverage(queue).build();
  }

  /** From now on others may ask this node's scheduler. */
  public void attach(PeerScheduling asked) {
    scheduling = asked;
  }

  /** From now on others may ask about jobs. */
  public void attach(PeerJobs asked) {
    jobs = asked;
  }

  /** From now on others may ask this node, which votes, about the registry. */
  public void attach(PeerRegistry asked) {
    registry = asked;
  }

  /** What the machine cannot take, and what its owner does not want at present. */
  private Negotiation.Outcome negotiate(NegotiateRequest request) {
    Negotiation.Outcome outcome =
        Negotiation.compare(request.getRequirements(), description(), guests());
    String closed = scheduling.closedTo(request.getHome().equals(self().name()));
    if (closed.isEmpty()) {
      return outcome;
    }
    List<Refusal> refusals = new ArrayList<>(outcome.refusals());
    refusals.add(
        Refusal.newBuilder()
            .setCode(ClusterError.CLOSED.code())
            .setWhat("taking a process")
            .setWhy("node " + self() + " takes none at present: " + closed)
            .setAdvice("choose another node, or run 'godwit undrain " + self() + "'")
            .build());
    return new Negotiation.Outcome(refusals, outcome.hashWanted(), outcome.kernelFeatures());
  }

  /** The last that was heard of a node, empty when it is silent. */
  public Optional<StatusReply> heard(NodeId node) {
    Heartbeat beats = heartbeats.get(node);
    return beats == null ? Optional.empty() : beats.heard();
  }

  /** How long ago {@link #heard} was said; negative where the node was never heard. */
  public long heardNanosAgo(NodeId node) {
    Heartbeat beats = heartbeats.get(node);
    return beats == null ? -1 : beats.nanosAgo();
  }

  /** Why a node is silent, empty when it answers. */
  public String silence(NodeId node) {
    Heartbeat beats = heartbeats.get(node);
    return beats == null ? "" : beats.silence();
  }

  private Negotiation.Guests guests() {
    return new Negotiation.Guests(
        configuration.accept(),
        configuration.maxForeignProcesses(),
        residents.foreign(),
        configuration.users(),
        configuration.memoryReserveBytes());
  }

  /** Moves a pod of this node. */
  public MigrationResult move(String pod, NodeId to, String strategy, MigrationObserver observer)
      throws InterruptedException {
    return move(pod, to, strategy, MoveWishes.NONE, observer);
  }

  /** Moves a pod of this node as somebody wishes. */
  public MigrationResult move(
      String pod, NodeId to, String strategy, MoveWishes wishes, MigrationObserver observer)
      throws InterruptedException {
    members.require(to);
    MoveOrder order = orders.apply(pod);
    return migrations.move(
        new MoveOrder(
            order.pod(),
            order.epoch(),
            order.home(),
            order.homeAddress(),
            to,
            strategy,
            configuration.encryptPages(),
            order.requestedByUid(),
            wishes),
        observer);
  }

  private void move(MoveRequest request, StreamObserver<MoveProgress> out)
      throws InterruptedException {
    MigrationResult result =
        move(
            request.getPod(),
            new NodeId(request.getDestination()),
            request.getStrategy(),
            wishes(request),
            (phase, bytes, expected, elapsed) ->
                out.onNext(
                    MoveProgress.newBuilder()
                        .setPhase(phase.title())
                        .setBytes(bytes)
                        .setBytesExpected(expected)
                        .setElapsedNanos(elapsed)
                        .build()));
    out.onNext(MoveProgress.newBuilder().setResult(message(result)).build());
  }

  /** What a peer asks for beyond what can be is as good as the nearest that can. */
  private static MoveWishes wishes(MoveRequest request) {
    long bandwidth = request.getBandwidth();
    return new MoveWishes(
        request.getNoResidual(),
        bandwidth == 0 ? 0 : Math.max(bandwidth, MoveWishes.LEAST_BANDWIDTH),
        Math.clamp(request.getMaxFreezeNanos() / 1000, 0, MoveWishes.LONGEST_FREEZE_MICROS));
  }

  /** A result as it is told. */
  public static MoveResult message(MigrationResult result) {
    return MoveResult.newBuilder()
        .setEpoch(result.epoch().number())
        .setFreezeNanos(result.freezeNanos())
        .setTotalNanos(result.totalNanos())
        .setBytes(result.bytes())
        .setFreezeBytes(result.freezeBytes())
        .setResidualNanos(result.residualNanos())
        .setStrategy(result.strategy().title())
        .setRemark(result.remark())
        .setZeroBytes(result.zeroBytes())
        .setHeldBytes(result.heldBytes())
        .build();
  }

  /** Tells a node of load; fails when it does not take it within some time. */
  public LoadTaken tell(NodeId node, LoadNote note, Duration limit) {
    return LoadLink.tell(peers, node, note, limit);
  }

  /** Asks whether a node would take a process. */
  public AdmitReply admit(NodeId node, AdmitRequest request) {
    return LoadLink.admit(peers, node, request);
  }

  @Override
  public PeerConnection connect(NodeId node) {
    return peers.connect(node);
  }

  @Override
  public InetSocketAddress pageAddress(NodeId node, int port) {
    InetSocketAddress peer = Addresses.parse(members.require(node));
    if (peer.getAddress() == null) {
      throw new GodwitException(
          NodeError.BAD_ADDRESS,
          "connecting to node " + node,
          "the host '" + peer.getHostString() + "' cannot be resolved",
          "give the node an address in network.advertise that this one can resolve");
    }
    return new InetSocketAddress(peer.getAddress(), port);
  }

  @Override
  public Duration readyTimeout() {
    return configuration.readyTimeout();
  }

  @Override
  public void unanswered(NodeId node) {
    beats(node).unanswered();
  }

  @Override
  public void departed(String pod, NodeId to, Epoch epoch, NodeId home) {
    residents.departed(pod, to, epoch, home);
  }

  @Override
  public void resumed(String pod, Epoch epoch) {
    residents.resumed(pod, epoch);
  }

  @Override
  public void arrived(String pod, NodeId from, Epoch epoch, NodeId home) {
    residents.arrived(pod, from, epoch, home);
  }

  @Override
  public void kept(String pod) {
    residents.kept(pod);
  }

  @Override
  public void inDoubt(String pod, NodeId peer, boolean doubt) {
    residents.inDoubt(pod, peer, doubt);
  }

  /** Each new member is asked from now on. */
  private void askAll() {
    while (!closing) {
      members.all().keySet().stream().filter(node -> !node.equals(self())).forEach(this::beats);
      try {
        Thread.sleep(beating.interval());
      } catch (InterruptedException stopping) {
        return;
      }
    }
  }

  private Heartbeat beats(NodeId node) {
    return heartbeats.computeIfAbsent(node, other -> new Heartbeat(other, beating));
  }

  /** A node has called. */
  private void greeted(NodeId node) {
    if (!closing) {
      beats(node).greeted();
    }
  }

  @Override
  public void close() {
    closing = true;
    asking.interrupt();
    heartbeats.values().forEach(Heartbeat::close);
    migrations.close();
    server.close();
    pages.close();
    peers.close();
    watch.close();
  }
}
