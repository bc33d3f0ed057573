package io.godwit.node.daemon;

import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.control.RegistryView;
import io.godwit.node.cluster.ClusterScheduling;
import io.godwit.node.jobs.JobRoom;
import io.godwit.node.peers.ClusterLink;
import io.godwit.node.peers.PeerRegistry;
import io.godwit.node.registry.Registry;
import io.godwit.node.registry.RegistryError;
import io.godwit.node.registry.RegistryRecords;
import io.godwit.node.registry.RegistryScribe;
import io.godwit.node.registry.RegistrySettings;
import io.godwit.node.registry.RemoteRegistry;
import io.godwit.node.registry.Voter;
import io.godwit.node.security.Addresses;
import io.godwit.wire.VoterTls;
import io.godwit.wire.proto.NodeRecord;
import io.godwit.wire.proto.PeerGrpc;
import io.godwit.wire.proto.ProcessRecord;
import io.godwit.wire.proto.ProcessStatus;
import io.godwit.wire.proto.ProfileRecord;
import io.godwit.wire.proto.ProfileText;
import io.godwit.wire.proto.RegistryAnswer;
import io.godwit.wire.proto.RegistryBatch;
import io.godwit.wire.proto.RegistryOutcome;
import io.godwit.wire.proto.RegistryOutcomes;
import io.godwit.wire.proto.RegistryQuestion;
import io.godwit.wire.proto.RegistryUpdate;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The daemon and the replicated registry: what it says, what it asks, and what it is asked. */
final class DaemonRegistry implements PeerRegistry, RegistryScribe.Knowledge, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int COMMAND_CHARACTERS = 256;
  private static final int WHY_CHARACTERS = 256;

  /** Questions name so many silent nodes at most. */
  private static final int MOST_SILENT = 1000;

  private final ClusterLink link;
  private final ClusterScheduling scheduling;
  private final RegistrySettings settings;
  private final LocalProcesses processes;
  private final Supplier<Map<String, JobRoom.Kept>> checkpoints;
  private final Registry registry;
  private final RegistryScribe scribe;
  private volatile List<ProcessRecord> strays = List.of();
  private NodeRecord lastState = NodeRecord.getDefaultInstance(); // of the scribe's thread

  private DaemonRegistry(
      ClusterLink link,
      ClusterScheduling scheduling,
      RegistrySettings settings,
      Path directory,
      LocalProcesses processes,
      Supplier<Map<String, JobRoom.Kept>> checkpoints) {
    this.link = link;
    this.scheduling = scheduling;
    this.settings = settings;
    this.processes = processes;
    this.checkpoints = checkpoints;
    this.registry =
        settings.votes(link.self())
            ? voter(directory)
            : new RemoteRegistry(settings.names(), this::calls);
    this.scribe = new RegistryScribe(registry, this);
  }

  /** Begins in the background. */
  static DaemonRegistry start(
      ClusterLink link,
      ClusterScheduling scheduling,
      RegistrySettings settings,
      Path directory,
      LocalProcesses processes,
      Supplier<Map<String, JobRoom.Kept>> checkpoints) {
    DaemonRegistry made =
        new DaemonRegistry(link, scheduling, settings, directory, processes, checkpoints);
    if (made.registry instanceof Voter voter) {
      voter.start();
      link.attach(made);
    }
    made.scribe.start();
    return made;
  }

  private Voter voter(Path directory) {
    return new Voter(
        new Voter.Parts(
            link.self(),
            link.identity().cluster(),
            settings.names(),
            this::addresses,
            VoterTls.among(settings.names(), link.identity()),
            directory,
            Voter.SILENCE,
            settings.logBytes()));
  }

  private Map<NodeId, InetSocketAddress> addresses() {
    SortedMap<NodeId, String> members = link.members();
    Map<NodeId, InetSocketAddress> found = new TreeMap<>();
    for (RegistrySettings.VoterAddress each : settings.voters()) {
      InetSocketAddress told = each.address();
      String known = members.get(each.node());
      if (told != null) {
        found.put(each.node(), told);
      } else if (known != null) {
        found.put(
            each.node(),
            InetSocketAddress.createUnresolved(
                Addresses.split(known).getHostString(), settings.port()));
      }
    }
    return found;
  }

  private PeerGrpc.PeerBlockingStub calls(NodeId voter, Duration patience) {
    if (link.heard(voter).isEmpty()) {
      throw new GodwitException(
          RegistryError.NOT_READY,
          "asking the registry on node " + voter,
          "the node has not been heard",
          "see 'godwit nodes'");
    }
    return link.connect(voter).calls(patience);
  }

  NodeId self() {
    return link.self();
  }

  /**
   * Makes this node the owner of a process of its home under a higher epoch, if the registry's
   * majority knows no other of that epoch or a later one.
   *
   * @return who has it instead
   * @throws GodwitException where no majority says anything: nobody may go on then
   */
  Optional<ProcessRecord> claim(ProcessEntry entry) {
    RegistryUpdate update = RegistryUpdate.newBuilder().setOwned(record(entry)).build();
    RegistryOutcome outcome =
        registry.enter(RegistryRecords.batch(List.of(update)), PATIENCE).getOutcomes(0);
    return switch (outcome.getKind()) {
      case DONE -> Optional.empty();
      case STALE -> Optional.of(outcome.getProcess());
      case FULL, MALFORMED, UNKNOWN, UNRECOGNIZED ->
          throw new GodwitException(
              RegistryError.NOT_READY,
              "restarting '" + entry.name() + "'",
              "the registry does not take it: " + outcome.getKind(),
              "install the same release of Godwit on all nodes; a full registry takes new"
                  + " processes when others have ended");
    };
  }

  // What others ask.

  @Override
  public RegistryOutcomes enter(RegistryBatch batch, NodeId by) {
    if (!batch.getUpdatesList().stream().allMatch(update -> RegistryRecords.may(by, update))) {
      throw new GodwitException(
          RegistryError.MALFORMED,
          "entering what node " + by + " says",
          "it speaks for another node",
          "install the same release of Godwit on all nodes");
    }
    return registry.enter(batch, PATIENCE);
  }

  @Override
  public RegistryAnswer consult(RegistryQuestion question) {
    return registry.consult(question);
  }

  // What this node knows.

  @Override
  public List<RegistryUpdate> updates() {
    List<RegistryUpdate> updates = new ArrayList<>();
    Map<String, JobRoom.Kept> images = checkpoints.get();
    for (ProcessEntry entry : processes.all()) {
      boolean home = entry.home().equals(self());
      boolean here = entry.node().equals(self());
      if (entry.waitStatus() != null && (home || here)) {
        updates.add(RegistryUpdate.newBuilder().setEnded(record(entry)).build());
      } else if (here && entry.remark().isEmpty()) {
        updates.add(RegistryUpdate.newBuilder().setOwned(record(entry)).build());
      }
      JobRoom.Kept image = images.get(entry.name());
      if (home && image != null && entry.waitStatus() == null) {
        updates.add(
            RegistryUpdate.newBuilder()
                .setCheckpointed(
                    record(entry).toBuilder()
                        .setEpoch(Epoch.FIRST.number()) // the home's word under any epoch
                        .setNode(self().name())
                        .setCheckpoint(image.directory())
                        .setCheckpointMillis(image.writtenMillis()))
                .build());
      }
    }
    strays.forEach(stray -> updates.add(RegistryUpdate.newBuilder().setForgotten(stray).build()));
    updates.add(RegistryUpdate.newBuilder().setNode(state()).build());
    ProfileText profile = scheduling.profile();
    if (profile.getVersion() > 0) {
      updates.add(
          RegistryUpdate.newBuilder()
              .setProfile(
                  ProfileRecord.newBuilder()
                      .setName(profile.getName())
                      .setVersion(profile.getVersion())
                      .setText(profile.getText()))
              .build());
    }
    return updates;
  }

  private static ProcessRecord record(ProcessEntry entry) {
    Integer status = entry.waitStatus();
    return ProcessRecord.newBuilder()
        .setHome(entry.home().name())
        .setName(entry.name())
        .setEpoch(entry.epoch().number())
        .setNode(entry.node().name())
        .setUid(entry.uid())
        .setCommand(bounded(entry.command(), COMMAND_CHARACTERS))
        .setStartedMillis(Math.max(0, entry.startedMillis()))
        .setEnded(status != null)
        .setWaitStatus(status == null ? 0 : status)
        .build();
  }

  private static String bounded(String text, int most) {
    return text.length() > most ? text.substring(0, most) : text;
  }

  private NodeRecord state() {
    String drained = scheduling.closedTo(true);
    String closed = scheduling.closedTo(false);
    NodeRecord.Builder now =
        NodeRecord.newBuilder()
            .setNode(self().name())
            .setVersion(lastState.getVersion())
            .setState(
                !drained.isEmpty()
                    ? NodeRecord.State.DRAINING
                    : !closed.isEmpty() ? NodeRecord.State.CLOSED : NodeRecord.State.READY)
            .setWhy(bounded(closed, WHY_CHARACTERS));
    if (!now.build().equals(lastState)) {
      lastState = now.setVersion(later()).build();
    }
    return lastState;
  }

  private long later() {
    return Math.max(System.currentTimeMillis(), lastState.getVersion() + 1);
  }

  @Override
  public List<RegistryUpdate> farewell() {
    return List.of(
        RegistryUpdate.newBuilder()
            .setNode(
                NodeRecord.newBuilder()
                    .setNode(self().name())
                    .setVersion(later())
                    .setState(NodeRecord.State.STOPPED))
            .build());
  }

  @Override
  public RegistryQuestion question() {
    RegistryQuestion.Builder question =
        RegistryQuestion.newBuilder()
            .setProfileVersion(scheduling.profile().getVersion())
            .addNodes(self().name());
    silent().stream().limit(MOST_SILENT).forEach(question::addNodes);
    return question.build();
  }

  /** The nodes that are not heard now. */
  Set<String> silent() {
    Set<String> silent = new HashSet<>();
    for (NodeId node : link.members().keySet()) {
      if (!node.equals(self()) && link.heard(node).isEmpty()) {
        silent.add(node.name());
      }
    }
    return silent;
  }

  @Override
  public void heard(RegistryAnswer answer) {
    if (answer.hasProfile()) {
      ProfileRecord told = answer.getProfile();
      scheduling.adopt(
          ProfileText.newBuilder()
              .setName(told.getName())
              .setVersion(told.getVersion())
              .setText(told.getText())
              .build());
    }
    strays =
        answer.getAskedList().stream()
            .filter(each -> each.getHome().equals(self().name()))
            .filter(each -> processes.find(each.getName()).isEmpty())
            .toList();
  }

  // What users are told.

  /** The processes of silent nodes, as a listing shows them. */
  List<ProcessStatus> unheard() {
    Optional<RegistryScribe.Heard> heard = scribe.heard();
    if (heard.isEmpty()) {
      return List.of();
    }
    Set<String> silent = silent();
    return heard.get().answer().getAskedList().stream()
        .filter(each -> silent.contains(each.getNode()))
        .map(
            each ->
                ProcessStatus.newBuilder()
                    .setPod(each.getName())
                    .setName(each.getName())
                    .setState("unheard")
                    .setEpoch(each.getEpoch())
                    .setHome(each.getHome())
                    .setNode(each.getNode())
                    .setUid(each.getUid())
                    .setCommand(each.getCommand())
                    .setStartedMillis(each.getStartedMillis())
                    .build())
        .toList();
  }

  RegistryView view() {
    RegistryAnswer answer =
        scribe
            .heard()
            .map(RegistryScribe.Heard::answer)
            .orElseGet(RegistryAnswer::getDefaultInstance);
    String trouble = scribe.trouble();
    return new RegistryView(
        settings.names().stream().map(NodeId::name).toList(),
        trouble.isEmpty() ? answer.getLeader() : "",
        answer.getReachedList(),
        trouble.isEmpty() && answer.getReachedCount() > settings.voters().size() / 2,
        answer.getVoter(),
        answer.getProcesses(),
        scribe.heard().map(h -> (System.nanoTime() - h.atNanos()) / 1_000_000).orElse(-1L),
        trouble,
        answer.getNodesList().stream()
            .map(
                each ->
                    new RegistryView.NodeWord(
                        each.getNode(),
                        switch (each.getState()) {
                          case READY -> "ready";
                          case CLOSED -> "closed";
                          case DRAINING -> "draining";
                          case STOPPED -> "stopped";
                          case UNKNOWN, UNRECOGNIZED -> "unknown";
                        },
                        each.getWhy()))
            .toList());
  }

  @Override
  public void close() {
    scribe.close();
  }
}
