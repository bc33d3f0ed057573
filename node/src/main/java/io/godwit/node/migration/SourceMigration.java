package io.godwit.node.migration;

import com.google.protobuf.ByteString;
import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.linux.Scheduling;
import io.godwit.linux.StandbyThreads;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.policy.transfer.StopRule;
import io.godwit.wire.FrameKind;
import io.godwit.wire.PageChannel;
import io.godwit.wire.PageForm;
import io.godwit.wire.PageSecurity;
import io.godwit.wire.PeerConnection;
import io.godwit.wire.WireError;
import io.godwit.wire.WireFailure;
import io.godwit.wire.WireLimits;
import io.godwit.wire.proto.Abort;
import io.godwit.wire.proto.FileRequirement;
import io.godwit.wire.proto.MigrationMessage;
import io.godwit.wire.proto.MigrationMessage.KindCase;
import io.godwit.wire.proto.NegotiateReply;
import io.godwit.wire.proto.NegotiateRequest;
import io.godwit.wire.proto.Open;
import io.godwit.wire.proto.ProcessRef;
import io.godwit.wire.proto.Refusal;
import io.godwit.wire.proto.Requirements;
import io.grpc.StatusRuntimeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The eight steps at the source, on the caller's thread. Everything that can be done before the
 * freeze is done before it: negotiation, connections, and the pod at the destination.
 */
final class SourceMigration implements SourceCase.Hands {
  private static final Logger LOG = System.getLogger(SourceMigration.class.getName());

  /** How often a destination that hears of the pod's clocks late is told again. */
  private static final int CLOCK_TRIES = 2;

  /** Progress is told at most this often. */
  private static final long TELL_NANOS = 50_000_000;

  private final MoveOrder order;
  private final String migration;
  private final MigrationHost host;
  private final ProcessMover mover;
  private final PageSecurity security;
  private final PhaseTimer phases;
  private final Conversation conversation;
  private final Epoch next;
  private @Nullable PageChannel channel;
  private final Pace pace;
  private TransferStrategy strategy;
  private String remark = "";
  private final LeftBehind residuals;
  private final Flushing flushing;
  private final boolean anew;
  private ProcessMover.@Nullable Departure departure;
  private ProcessMover.@Nullable Preliminary preliminary;
  private @Nullable OutgoingPages out;
  private long zeroBytes;
  private long heldBytes;
  private @Nullable PagesLeft left;
  private @Nullable Flushed flushed;
  private long frozenAt;
  private long bytesBeforeFreeze;
  private long resumedAt;
  private long elapsed;
  private long expectedBytes;

  /** How long the accepted question was under way: half of what the answer's making leaves. */
  private long way;

  private long sentBytes;

  /**
   * Prepares for one attempt.
   *
   * @param anew whether nothing is built before the freeze
   */
  SourceMigration(
      MoveOrder order,
      String migration,
      MigrationHost host,
      ProcessMover mover,
      PageSecurity security,
      LeftBehind residuals,
      Flushing flushing,
      Conversation conversation,
      boolean anew,
      PhaseGate gate,
      MigrationObserver observer) {
    this.order = order;
    this.anew = anew;
    this.migration = migration;
    this.host = host;
    this.mover = mover;
    this.security = security;
    this.residuals = residuals;
    this.flushing = flushing;
    this.strategy = TransferStrategy.named(order.strategy());
    this.pace = new Pace(order.wishes().bandwidth());
    this.next = order.epoch().next();
    this.conversation = conversation;
    this.phases =
        new PhaseTimer(order.pod(), migration, Phase.Side.SOURCE, gate, observer, this::bytes);
  }

  /** What the journal will say of it. */
  MigrationRecord record() {
    return new MigrationRecord(
        migration,
        Phase.Side.SOURCE,
        MigrationRecord.Stage.COMMITTING,
        order.pod(),
        next,
        order.destination(),
        order.home());
  }

  /** Steps 1 to 8. Throws for every failure, when the case has been told of it. */
  void run(SourceCase ownership) throws InterruptedException {
    try {
      prepare();
      StandbyThreads.fill();
      sendEarly();
      begin(ownership);
      try (Scheduling.Hurry _ = Scheduling.hurry()) {
        pass(ownership);
      }
      phases.close();
    } catch (InterruptedException stopping) {
      phases.failed(stopping);
      ownership.on(SourceOwnership.Event.FAILED);
      throw stopping;
    } catch (RuntimeException | Error failed) { // out of memory, too, must not leave it frozen
      phases.failed(failed);
      ownership.on(SourceOwnership.Event.FAILED);
      throw cause(failed);
    } finally {
      if (preliminary != null) {
        preliminary.close();
      }
      closeConnections();
    }
  }

  /** The freeze: from step 2 on. */
  private void pass(SourceCase ownership) {
    phases.begin(Phase.DETACH);
    bytesBeforeFreeze = bytes();
    frozenAt = System.nanoTime();
    ProcessMover.Departure frozen = mover.freeze(order.pod(), strategy, preliminary);
    preliminary = null;
    departure = frozen;
    phases.begin(Phase.REDIRECT);
    frozen.redirect();
    phases.begin(Phase.EXTRACT);
    byte[] description = frozen.describe();
    phases.begin(Phase.CREATE);
    sendDescription(FrameKind.DESCRIPTION, description);
    phases.begin(Phase.TRANSFER);
    transfer(frozen);
    connected(channel).expect(FrameKind.READY, host.readyTimeout());
    phases.begin(Phase.FORWARD);
    ownership.on(SourceOwnership.Event.PEER_READY);
    require(ownership, SourceOwnership.State.COMMITTED, "its cgroup could not be frozen");
    phases.begin(Phase.RESUME);
    connected(channel).expect(FrameKind.RESUMED, WireLimits.CALL_TIME);
    resumedAt = System.nanoTime();
    elapsed = phases.elapsed();
    ownership.on(SourceOwnership.Event.PEER_RESUMED);
  }

  /** What can go while the process runs: what to build, and memory as the strategy says. */
  private void sendEarly() {
    ProcessMover.Preliminary begun = anew ? null : mover.begin(order.pod());
    if (begun == null) {
      unflushed("nothing of it can be sent while it runs");
      return;
    }
    preliminary = begun;
    PageChannel pages = connected(channel);
    sendDescription(FrameKind.EARLY_DESCRIPTION, begun.describe());
    OutgoingPages direct = connected(out);
    Flushed store = flushed;
    begun.send(strategy.pass(), stopRule(), telling(store == null ? direct.early() : store.sink()));
    direct.flushEarly();
    if (store != null) {
      store.seal();
    }
    // What is still on its way would have to arrive in the freeze.
    pages.send(FrameKind.MARK, 0, 0);
    if (pages.expect(FrameKind.MARK, host.readyTimeout()).space() != 0) {
      preliminary = null;
      begun.close();
      unflushed("it cannot be built there while it runs");
    }
  }

  /** All of it goes in the freeze. */
  private void unflushed(String why) {
    Flushed store = flushed;
    if (store != null) {
      store.forget();
      instead(TransferStrategy.EAGER, why);
    }
  }

  private void instead(TransferStrategy other, String why) {
    remark = why + ": it went by " + other.title() + " instead of " + strategy.title();
    strategy = other;
  }

  private StopRule stopRule() {
    long micros = order.wishes().maxFreezeMicros();
    return micros == 0 ? StopRule.DEFAULT : StopRule.DEFAULT.within(micros * 1000);
  }

  /** The last wait for a disk before the freeze. */
  private void begin(SourceCase ownership) {
    ownership.on(SourceOwnership.Event.BEGUN);
    require(ownership, SourceOwnership.State.LEAVING, "the journal cannot be written");
  }

  private void require(SourceCase ownership, SourceOwnership.State state, String whyNot) {
    if (ownership.state() != state) {
      throw new GodwitException(
          NodeError.MIGRATION_UNDONE,
          "passing " + order.pod() + " to node " + order.destination(),
          whyNot,
          "see the warning in the daemon's log; the process goes on here");
    }
  }

  /** A broken connection is often the consequence of what the destination is about to tell. */
  private GodwitException cause(Throwable failed) throws InterruptedException {
    if (failed instanceof GodwitException known && known.code() != WireError.CUT) {
      return known;
    }
    GodwitException told = conversation.end(NodeLimits.LAST_WORD);
    if (told != null) {
      return told;
    }
    return switch (failed) {
      case GodwitException cut -> cut;
      case StatusRuntimeException status ->
          WireFailure.fromStatus(status, order.destination().name());
      default ->
          new GodwitException(
              NodeError.INTERNAL,
              "migrating " + order.pod(),
              failed.toString(),
              "report this with the text of the daemon's journal",
              failed);
    };
  }

  /** Where the process stood when it failed. */
  Phase phase() {
    return phases.phase();
  }

  /** What it took, once it has succeeded. */
  MigrationResult result() {
    PagesLeft behind = left;
    boolean told = resumedAt != 0;
    return new MigrationResult(
        next,
        (told ? resumedAt : System.nanoTime()) - frozenAt,
        told ? elapsed : phases.elapsed(),
        bytes(),
        bytes() - bytesBeforeFreeze,
        behind != null ? behind.nanos() : flushed != null ? flushed.nanos() : 0,
        zeroBytes(),
        heldBytes,
        strategy,
        remark);
  }

  private void prepare() throws InterruptedException {
    phases.begin(Phase.NEGOTIATE);
    PeerConnection connection = host.connect(order.destination());
    Requirements requirements = mover.inspect(order.pod());
    expectedBytes = requirements.getMemoryBytes();
    NegotiateReply reply = negotiate(connection, requirements);
    suit(reply);
    Set<PageForm> forms = PageForm.known(reply.getPageFormsList());
    conversation.begin(connection.streams().migrate(conversation));
    Open.Builder open = Open.newBuilder().setMigration(migration).setWayNanos(way);
    if (strategy.stores()) {
      Flushed begun = flushing.begin(order, wayTo());
      flushed = begun;
      begun.tell(open);
    } else if (strategy.follows()) {
      PagesLeft announced = residuals.announce(order.pod(), wayTo(), forms);
      left = announced;
      open.setLeftPort(residuals.port()).setLeftSecret(ByteString.copyFrom(announced.secret()));
    }
    conversation.say(MigrationMessage.newBuilder().setOpen(open).build());
    PageChannel pages =
        PageChannel.connect(
            host.pageAddress(order.destination(), reply.getPagePort()),
            migration,
            reply.getPageSecret().toByteArray(),
            security,
            conversation::carries);
    channel = pages;
    out = new OutgoingPages(pages, forms, strategy, order.wishes(), pace, host.readyTimeout());
    conversation.carries(pages::close);
    conversation.expect(KindCase.CREATED, host.readyTimeout());
  }

  /** Chooses another strategy where pages cannot follow. */
  private void suit(NegotiateReply reply) {
    if (strategy.stores() && !flushing.hasStore()) {
      instead(TransferStrategy.PRECOPY, "no page store is configured");
    }
    if (strategy.follows() && !reply.getKernelFeaturesList().contains(Negotiation.FOLLOWING)) {
      remark =
          "no pages can follow a process to node "
              + order.destination()
              + ", whose kernel gives no "
              + Negotiation.FOLLOWING
              + ": it went by "
              + TransferStrategy.EAGER.title()
              + " instead of "
              + strategy.title();
      strategy = TransferStrategy.EAGER;
    }
  }

  private ProcessMover.Way wayTo() {
    return new ProcessMover.Way(order.destination(), migration, order.encryptPages());
  }

  private NegotiateReply negotiate(PeerConnection connection, Requirements first) {
    Requirements requirements = first;
    long asked = System.nanoTime();
    NegotiateReply reply = ask(connection, requirements);
    if (reply.getHashWantedCount() > 0) {
      requirements = withHashes(requirements, new HashSet<>(reply.getHashWantedList()));
      asked = System.nanoTime();
      reply = ask(connection, requirements);
    }
    // A question that was long under way tells of clocks that have gone on meanwhile.
    for (int i = 0; i < CLOCK_TRIES && reply.getAccepted() && late(asked); i++) {
      asked = System.nanoTime();
      reply = ask(connection, requirements);
    }
    way = Math.max(0, (System.nanoTime() - asked - reply.getTakenNanos()) / 2);
    if (!reply.getAccepted()) {
      throw order.refused(reply.getRefusalsList());
    }
    return reply;
  }

  private static boolean late(long since) {
    return System.nanoTime() - since > NodeLimits.CLOCK_ERROR.toNanos();
  }

  private NegotiateReply ask(PeerConnection connection, Requirements requirements) {
    return connection
        .calls()
        .negotiate(
            NegotiateRequest.newBuilder()
                .setMigration(migration)
                .setProcess(ProcessRef.newBuilder().setPod(order.pod()).setEpoch(next.number()))
                .setName(order.pod())
                .setHome(order.home().name())
                .setHomeAddress(order.homeAddress())
                .setStrategy(strategy.title())
                .setRequirements(requirements)
                .setEncryptPages(order.encryptPages())
                .setPodDescription(ByteString.copyFrom(mover.podDescription(order.pod())))
                .setRequestedByUid(order.requestedByUid())
                .build());
  }

  private static Requirements withHashes(Requirements requirements, Set<String> wanted) {
    Requirements.Builder builder = requirements.toBuilder().clearFiles();
    for (FileRequirement file : requirements.getFilesList()) {
      builder.addFiles(
          wanted.contains(file.getPath())
              ? file.toBuilder().setSha256(ByteString.copyFrom(FileFacts.sha256(file.getPath())))
              : file.toBuilder());
    }
    return builder.build();
  }

  private void sendDescription(FrameKind kind, byte[] description) {
    if (description.length > NodeLimits.METADATA_BYTES) {
      throw new GodwitException(
          NodeError.MIGRATION_REFUSED,
          "migrating " + order.pod(),
          "its description has " + description.length + " bytes",
          "at most " + NodeLimits.METADATA_BYTES + " can be sent");
    }
    PageChannel pages = connected(channel);
    int piece = WireLimits.CONTROL_PAYLOAD_BYTES;
    for (int offset = 0; offset < description.length; offset += piece) {
      int length = Math.min(piece, description.length - offset);
      boolean last = offset + length == description.length;
      pages.send(kind, last ? 1 : 0, offset, ByteBuffer.wrap(description, offset, length));
    }
  }

  private ProcessMover.PageSink telling(ProcessMover.PageSink pages) {
    long[] told = {System.nanoTime()};
    return new ProcessMover.PageSink() {
      @Override
      public void accept(int object, long address, ByteBuffer content) {
        long before = bytes();
        pages.accept(object, address, content);
        pace.await(bytes() - before);
        long now = System.nanoTime();
        if (now - told[0] > TELL_NANOS) {
          told[0] = now;
          phases.progress(Math.max(0, expectedBytes - zeroBytes() - heldBytes()));
        }
      }

      @Override
      public long elided() {
        return pages.elided();
      }
    };
  }

  private void transfer(ProcessMover.Departure frozen) {
    PageChannel pages = connected(channel);
    OutgoingPages direct = connected(out);
    frozen.transfer(telling(direct.frozen()));
    direct.flush();
    zeroBytes = direct.zeroBytes();
    heldBytes = direct.heldBytes();
    out = null;
    PagesLeft behind = left;
    if (behind != null && frozen.leavesPages()) {
      frozen.remember(wayTo(), order.wishes().bandwidth());
      behind.serve(frozen::serve, pace);
    }
    if (flushed != null && !frozen.leavesPages()) {
      flushed.forget();
    }
    pages.sendEnd();
  }

  private long bytes() {
    PageChannel pages = channel;
    Flushed store = flushed;
    return (pages == null ? sentBytes : pages.sentBytes()) + (store == null ? 0 : store.bytes());
  }

  private long zeroBytes() {
    OutgoingPages direct = out;
    return direct == null ? zeroBytes : direct.zeroBytes();
  }

  private long heldBytes() {
    OutgoingPages direct = out;
    return direct == null ? heldBytes : direct.heldBytes();
  }

  private static <T> T connected(@Nullable T link) {
    if (link == null) {
      throw new IllegalStateException("not connected yet");
    }
    return link;
  }

  @Override
  public void seal() {
    connected(departure).seal();
  }

  @Override
  public void undo() {
    stopServing();
    // Nothing was disturbed when the failure came before the freeze.
    ProcessMover.Departure frozen = departure;
    if (frozen != null) {
      departure = null;
      frozen.undo();
    }
  }

  private void stopServing() {
    if (flushed != null) {
      flushed.forget();
    }
    PagesLeft behind = left;
    if (behind != null) {
      left = null;
      behind.close();
    }
  }

  /** Not before the last page of it is elsewhere. */
  @Override
  public void kill() {
    ProcessMover.Departure frozen = departure;
    PagesLeft behind = left;
    if (frozen == null) {
      return;
    }
    departure = null;
    if (behind != null && frozen.leavesPages()) {
      behind.afterwards(frozen::kill);
    } else if (flushed != null) {
      flushed.left();
      frozen.kill();
    } else {
      stopServing();
      frozen.kill();
    }
  }

  /** Waits until the process needs nothing of this node any more. */
  void awaitLast() throws InterruptedException {
    PagesLeft behind = left;
    if (behind != null) {
      behind.await();
    }
    if (flushed != null) {
      flushed.await();
    }
  }

  @Override
  public void sendCommit() {
    PageChannel pages = channel;
    if (pages == null) {
      return;
    }
    try {
      pages.send(FrameKind.COMMIT, 0, next.number());
    } catch (GodwitException cut) {
      LOG.log(Level.DEBUG, "the commit of {0}: {1}", order.pod(), cut.getMessage());
    }
  }

  @Override
  public void tellAbort() {
    conversation.say(
        MigrationMessage.newBuilder()
            .setAbort(
                Abort.newBuilder()
                    .setError(
                        Refusal.newBuilder()
                            .setCode(NodeError.MIGRATION_UNDONE.code())
                            .setWhat("migrating " + order.pod())
                            .setWhy("the source has given up in phase " + phases.phase().title())
                            .setAdvice("see the error at the source")))
            .build());
  }

  @Override
  public void decided(SourceOwnership.State state) {
    if (state == SourceOwnership.State.GONE) {
      host.departed(order.pod(), order.destination(), next, order.home());
    } else {
      host.kept(order.pod());
    }
  }

  private void closeConnections() {
    if (flushed != null) {
      flushed.close();
    }
    PageChannel pages = channel;
    if (pages != null) {
      // The case is remembered for a while; its buffers are not.
      sentBytes = pages.sentBytes();
      channel = null;
      pages.close();
    }
    conversation.close();
  }
}
