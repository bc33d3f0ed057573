package io.godwit.node.migration;

import com.google.protobuf.ByteString;
import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.node.migration.Negotiation.Outcome;
import io.godwit.node.store.PageStores;
import io.godwit.wire.PageForm;
import io.godwit.wire.PageSecurity;
import io.godwit.wire.PageServer;
import io.godwit.wire.WireLimits;
import io.godwit.wire.proto.InquireReply;
import io.godwit.wire.proto.InquireReply.Ownership;
import io.godwit.wire.proto.InquireRequest;
import io.godwit.wire.proto.KeepReply;
import io.godwit.wire.proto.KeepRequest;
import io.godwit.wire.proto.MigrationMessage;
import io.godwit.wire.proto.MigrationMessage.KindCase;
import io.godwit.wire.proto.NegotiateReply;
import io.godwit.wire.proto.NegotiateRequest;
import io.godwit.wire.proto.Open;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All migrations of one node, in both directions, and what remains to be decided of earlier ones.
 * Start it before anything answers to other nodes: it reads the journal.
 */
public final class Migrations implements MigrationService, AutoCloseable {
  /** The forms of pages that this node understands. */
  private static final List<String> FORMS =
      Arrays.stream(PageForm.values())
          .filter(form -> form != PageForm.HELD)
          .map(PageForm::title)
          .toList();

  private final MigrationHost host;
  private final ProcessMover mover;
  private final Path journal;
  private final PageServer pages;
  private final Function<NodeId, PageSecurity> security;
  private final PageSecurity open;
  private final PhaseGate gate;
  private final Function<NegotiateRequest, Outcome> negotiator;
  private final Map<String, SourceCase> departures = new ConcurrentHashMap<>();
  private final Map<String, DestinationCase> arrivals = new ConcurrentHashMap<>();
  private final Map<String, Reservation> reservations = new ConcurrentHashMap<>();
  private final Set<String> moving = ConcurrentHashMap.newKeySet();
  private final LeftBehind left;
  private final KeptPages kept;
  private final Flushing flushing;
  private final Pulse pulse;
  private final Doubts doubts;
  private final MoveBook book;

  private record Reservation(
      NegotiateRequest request,
      NodeId source,
      PageServer.Session session,
      long received,
      long until) {}

  /**
   * Nothing happens before {@link #recover}.
   *
   * @param security how page channels to a node are protected, when they are
   * @param open how they are not
   * @param stores where flushing leaves pages
   */
  public Migrations(
      MigrationHost host,
      ProcessMover mover,
      Path journal,
      PageServer pages,
      Function<NodeId, PageSecurity> security,
      PageSecurity open,
      PageStores stores,
      PhaseGate gate,
      Function<NegotiateRequest, Outcome> negotiator) {
    this.host = host;
    this.mover = mover;
    this.journal = journal;
    this.pages = pages;
    this.security = security;
    this.open = open;
    this.left = new LeftBehind(host, pages, security, open);
    this.kept = new KeptPages(host.self(), pages, left, stores.own(), FORMS);
    this.flushing = new Flushing(host, left, stores, kept);
    this.gate = gate;
    this.negotiator = negotiator;
    this.pulse = new Pulse(host::unanswered);
    this.doubts = new Doubts(host, journal, departures, arrivals);
    this.book = new MoveBook(host.self());
  }

  /** The pods about which a journal has a word: what is left of them is not for others to judge. */
  public static Set<String> recorded(Path journal) {
    return MigrationRecord.list(journal).stream()
        .map(MigrationRecord::pod)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Reads the journal and goes on with what an earlier daemon left undecided. */
  public void recover() {
    left.recover(mover, recorded(journal));
    kept.recover();
    for (MigrationRecord record : MigrationRecord.list(journal)) {
      ProcessMover.Left left = newest(record) ? mover.left(record.pod()) : null;
      if (!newest(record)) {
        remember(record);
      } else if (record.side() == Phase.Side.SOURCE) {
        recoverSource(record, left);
      } else {
        recoverDestination(record, left);
      }
    }
    left.takeUp(mover, flushing::expectLater);
    doubts.start();
  }

  /** A later migration of the pod was decided here: of this one only the answer is left. */
  private void remember(MigrationRecord record) {
    if (record.side() == Phase.Side.SOURCE) {
      SourceCase known =
          new SourceCase(
              record,
              journal,
              new LeftSource(host, record, null, null),
              SourceOwnership.State.GONE);
      known.recall();
      departures.put(record.migration(), known);
    } else {
      DestinationCase known =
          new DestinationCase(
              record,
              journal,
              new LeftDestination(host, record, null),
              DestinationOwnership.State.RUNNING);
      known.recall();
      arrivals.put(record.migration(), known);
    }
  }

  private void recoverSource(MigrationRecord record, ProcessMover.@Nullable Left left) {
    boolean committing = record.stage() == MigrationRecord.Stage.COMMITTING;
    SourceCase found =
        new SourceCase(
            record,
            journal,
            new LeftSource(host, record, left, this.left.of(record.migration())),
            SourceOwnership.State.COMMITTED);
    departures.put(record.migration(), found);
    found.recover(
        SourceOwnership.recover(
            committing ? SourceOwnership.Recorded.COMMITTING : SourceOwnership.Recorded.GONE,
            left != null && left.sealed()));
    host.inDoubt(record.pod(), record.peer(), found.inDoubt());
  }

  private void recoverDestination(MigrationRecord record, ProcessMover.@Nullable Left left) {
    boolean prepared = record.stage() == MigrationRecord.Stage.PREPARED;
    DestinationCase found =
        new DestinationCase(
            record,
            journal,
            new LeftDestination(host, record, left),
            DestinationOwnership.State.PREPARED);
    arrivals.put(record.migration(), found);
    found.recover(
        DestinationOwnership.recover(
            prepared
                ? DestinationOwnership.Recorded.PREPARED
                : DestinationOwnership.Recorded.RUNNING,
            left != null && left.whole()));
    host.inDoubt(record.pod(), record.peer(), found.inDoubt());
  }

  /** Whether no later migration of the same pod is recorded here. */
  private boolean newest(MigrationRecord record) {
    return MigrationRecord.list(journal).stream()
        .noneMatch(
            other ->
                other.pod().equals(record.pod()) && other.epoch().compareTo(record.epoch()) > 0);
  }

  /**
   * Moves a pod of this node and returns when it runs at its destination.
   *
   * @throws GodwitException when it was refused or undone (the pod goes on here), or is in doubt
   */
  public MigrationResult move(MoveOrder order, MigrationObserver observer)
      throws InterruptedException {
    if (order.destination().equals(host.self())) {
      throw new GodwitException(
          NodeError.ALREADY_THERE,
          "migrating " + order.pod() + " to node " + order.destination(),
          "it is there",
          "name another node; 'godwit ps' shows where processes are");
    }
    if (unfinished(order.pod()) || !moving.add(order.pod())) {
      throw new GodwitException(
          NodeError.ALREADY_MIGRATING,
          "migrating " + order.pod(),
          "a migration of it is under way",
          "wait for its end; 'godwit ps' shows it");
    }
    try (MoveBook.Move noted = book.departure(order)) {
      try (ProgressTeller teller = new ProgressTeller(observer)) {
        MigrationResult result = attempts(order, noted.following(teller));
        noted.done(result);
        return result;
      } catch (GodwitException failed) {
        noted.failed(failed);
        throw failed;
      }
    } finally {
      moving.remove(order.pod());
    }
  }

  private MigrationResult attempts(MoveOrder order, MigrationObserver observer)
      throws InterruptedException {
    try {
      return attempt(order, false, observer);
    } catch (GodwitException failed) {
      if (!notRevisable(failed)) {
        throw failed;
      }
      // The process has changed too much since its first description: all of it in the freeze.
      return attempt(order, true, observer);
    }
  }

  /** What those are told who watch. */
  public MoveBook book() {
    return book;
  }

  private MigrationResult attempt(MoveOrder order, boolean anew, MigrationObserver observer)
      throws InterruptedException {
    String name = UUID.randomUUID().toString();
    SourceMigration migration =
        new SourceMigration(
            order,
            name,
            host,
            mover,
            order.encryptPages() ? security.apply(order.destination()) : open,
            left,
            flushing,
            pulse.conversation(order.destination()),
            anew,
            gate,
            observer);
    SourceCase ownership =
        new SourceCase(migration.record(), journal, migration, SourceOwnership.State.MOVING);
    departures.put(name, ownership);
    MigrationResult result = outcome(order, migration, ownership);
    if (!order.wishes().noResidual()) {
      return result;
    }
    migration.awaitLast();
    return migration.result();
  }

  private MigrationResult outcome(MoveOrder order, SourceMigration migration, SourceCase ownership)
      throws InterruptedException {
    GodwitException failure = null;
    try {
      OwnThread.run("godwit-departure", () -> migration.run(ownership));
    } catch (GodwitException failed) {
      failure = failed;
    }
    doubts.settle(ownership);
    return switch (ownership.state()) {
      case GONE -> migration.result();
      case KEPT, CLEARING -> {
        forget(ownership);
        throw failure == null || migration.phase() == Phase.NEGOTIATE || notRevisable(failure)
            ? failure(failure, order)
            : new GodwitException(
                NodeError.MIGRATION_UNDONE,
                "migrating " + order.pod() + " to node " + order.destination(),
                "in phase "
                    + migration.phase().title()
                    + ": "
                    + failure.what()
                    + ": "
                    + failure.why(),
                failure.advice() + "; the process goes on here",
                failure);
      }
      default -> {
        host.inDoubt(order.pod(), order.destination(), true);
        throw new GodwitException(
            NodeError.MIGRATION_IN_DOUBT,
            "migrating " + order.pod() + " to node " + order.destination(),
            "the commit was sent and the node no longer answers: whether it has the process is"
                + " unknown",
            "bring the node or the network back; the process waits, frozen, and goes on by itself",
            failure);
      }
    };
  }

  /** One that is not decided to its end is asked about, or has a record still to be removed. */
  private void forget(SourceCase ownership) {
    if (ownership.state() == SourceOwnership.State.KEPT) {
      departures.remove(ownership.record().migration());
    }
  }

  /** Two records of one epoch must not meet: the first one's removal is tried until it is done. */
  private boolean unfinished(String pod) {
    return departures.values().stream()
        .anyMatch(
            departure ->
                departure.record().pod().equals(pod)
                    && departure.state() == SourceOwnership.State.CLEARING);
  }

  /** The destination says so: its code has come over the wire. */
  private static boolean notRevisable(GodwitException failure) {
    return failure.code().code().equals(NodeError.NOT_REVISABLE.code());
  }

  private static GodwitException failure(@Nullable GodwitException failure, MoveOrder order) {
    return failure != null
        ? failure
        : new GodwitException(
            NodeError.MIGRATION_UNDONE,
            "migrating " + order.pod(),
            "the destination asked for it to be undone",
            "try again");
  }

  /** A node that was silent answers again: what is in doubt with it can be decided. */
  public void back() {
    doubts.sooner();
  }

  /** Whether a migration of the pod is under way from here. */
  public boolean moving(String pod) {
    return moving.contains(pod);
  }

  @Override
  public NegotiateReply negotiate(NegotiateRequest request, NodeId source) {
    long received = System.nanoTime();
    gate.pass(Phase.NEGOTIATE, Phase.Side.DESTINATION, request.getProcess().getPod());
    sweep();
    release(request.getMigration(), source);
    if (reservations.size() >= NodeLimits.ARRIVALS) {
      throw new GodwitException(
          NodeError.NOT_WILLING,
          "taking " + request.getProcess().getPod(),
          "node " + host.self() + " builds " + reservations.size() + " processes already",
          "try again in a moment, or choose another node");
    }
    mover.makeRoom(request.getProcess().getPod(), request.getRequirements().getMemoryBytes());
    Outcome outcome = negotiator.apply(request);
    NegotiateReply.Builder reply =
        NegotiateReply.newBuilder()
            .addAllRefusals(outcome.refusals())
            .addAllKernelFeatures(outcome.kernelFeatures())
            .addAllHashWanted(outcome.hashWanted());
    outcome.refusals().forEach(refusal -> book.refused(refusal.getCode()));
    if (!outcome.refusals().isEmpty() || !outcome.hashWanted().isEmpty()) {
      return reply.build();
    }
    boolean kept = mover.kept(DestinationMigration.visit(request)) != null;
    PageServer.Session session = pages.announce(request.getMigration(), request.getEncryptPages());
    reservations.put(
        request.getMigration(),
        new Reservation(
            request, source, session, received, received + NodeLimits.RESERVATION.toNanos()));
    return reply
        .setAccepted(true)
        .setPagePort(pages.port())
        .setPageSecret(ByteString.copyFrom(session.secret()))
        .setTakenNanos(System.nanoTime() - received)
        .addAllPageForms(FORMS)
        .addAllPageForms(kept ? List.of(PageForm.HELD.title()) : List.of())
        .build();
  }

  /** The source asks once more. */
  private void release(String migration, NodeId source) {
    Reservation earlier = reservations.get(migration);
    if (earlier == null) {
      return;
    }
    if (!earlier.source().equals(source)) {
      throw notParty(source);
    }
    if (reservations.remove(migration, earlier)) {
      earlier.session().close();
    }
  }

  private void sweep() {
    long now = System.nanoTime();
    reservations
        .values()
        .removeIf(
            old -> {
              if (now - old.until() < 0) {
                return false;
              }
              old.session().close();
              return true;
            });
  }

  @Override
  public StreamObserver<MigrationMessage> migrate(
      NodeId source, StreamObserver<MigrationMessage> stream) {
    Conversation conversation = pulse.conversation(source);
    conversation.begin(stream);
    Thread.ofPlatform().daemon().name("godwit-arrival").start(() -> arrive(source, conversation));
    return conversation;
  }

  private void arrive(NodeId source, Conversation conversation) {
    Reservation reservation;
    MigrationMessage opening;
    try {
      opening = conversation.expect(KindCase.OPEN, WireLimits.GREETING_TIME);
      reservation = reservations.remove(opening.getOpen().getMigration());
      if (reservation == null || !reservation.source().equals(source)) {
        throw new GodwitException(
            NodeError.OUT_OF_STEP,
            "taking a process from node " + source,
            "that migration was not negotiated here, or too long ago",
            "start it again");
      }
    } catch (GodwitException refused) {
      conversation.refuse(refused);
      return;
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return;
    }
    NegotiateRequest request = reservation.request();
    MoveBook.Move noted = book.arrival(request, source);
    DestinationMigration migration =
        new DestinationMigration(
            request,
            reservation.received() - way(opening.getOpen()),
            source,
            host,
            mover,
            reservation.session(),
            conversation,
            behind(opening.getOpen(), request, source),
            gate,
            noted.following(MigrationObserver.NONE));
    DestinationCase ownership =
        new DestinationCase(
            new MigrationRecord(
                request.getMigration(),
                Phase.Side.DESTINATION,
                MigrationRecord.Stage.PREPARED,
                request.getProcess().getPod(),
                new Epoch(request.getProcess().getEpoch()),
                source,
                new NodeId(request.getHome())),
            journal,
            migration,
            DestinationOwnership.State.EXPECTING);
    arrivals.put(request.getMigration(), ownership);
    migration.run(ownership);
    noted.arrived(ownership.state());
    if (ownership.state() == DestinationOwnership.State.DISCARDED) {
      arrivals.remove(request.getMigration());
    }
  }

  /** A longer way is asked again, so that no honest source tells of one. */
  private static long way(Open opening) {
    return Math.clamp(opening.getWayNanos(), 0, NodeLimits.CLOCK_ERROR.toNanos());
  }

  /** How the pages are reached that the source leaves behind; null if it leaves none. */
  private @Nullable Supplier<? extends AwaitedPages> behind(
      Open opening, NegotiateRequest request, NodeId source) {
    if (opening.getStored()) {
      return () -> flushing.expect(request, opening, source);
    }
    ProcessMover.Way way =
        new ProcessMover.Way(source, request.getMigration(), request.getEncryptPages());
    return opening.getLeftPort() == 0
        ? null
        : () -> left.connect(request.getProcess().getPod(), way, opening);
  }

  @Override
  public KeepReply keep(KeepRequest request, NodeId source) {
    return kept.keep(request, source);
  }

  /** An attempt that nobody here remembers took nothing and will not. */
  @Override
  public InquireReply inquire(InquireRequest request, NodeId asker) {
    if (request.getWantsPages()) {
      if (!request.getAskerIsSource()) {
        kept.asked(request.getMigration());
      }
      return left.answer(request, asker);
    }
    Ownership answer;
    if (request.getAskerIsSource()) {
      Reservation reserved = reservations.remove(request.getMigration());
      if (reserved != null) {
        reserved.session().close();
      }
      DestinationCase arrival = arrivals.get(request.getMigration());
      if (arrival != null && !arrival.record().peer().equals(asker)) {
        throw notParty(asker);
      }
      answer = arrival == null ? Ownership.NOT_TAKEN : arrival.asked();
    } else {
      SourceCase departure = departures.get(request.getMigration());
      if (departure != null && !departure.record().peer().equals(asker)) {
        throw notParty(asker);
      }
      answer = departure == null ? Ownership.NOT_TAKEN : departure.asked();
    }
    return InquireReply.newBuilder().setOwnership(answer).build();
  }

  private static GodwitException notParty(NodeId asker) {
    return new GodwitException(
        NodeError.NOT_PERMITTED,
        "asking about a migration",
        "node " + asker + " has no part in that migration",
        "ask from one of its two nodes");
  }

  @Override
  public void close() {
    doubts.close();
    pulse.close();
    reservations.values().forEach(r -> r.session().close());
  }
}
