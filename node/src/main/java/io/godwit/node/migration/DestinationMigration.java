package io.godwit.node.migration;

import io.godwit.core.Epoch;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.engine.pages.PageOrigin;
import io.godwit.linux.Scheduling;
import io.godwit.linux.StandbyThreads;
import io.godwit.node.NodeError;
import io.godwit.node.NodeLimits;
import io.godwit.node.visits.KeptCopy;
import io.godwit.node.visits.Visit;
import io.godwit.wire.FrameKind;
import io.godwit.wire.PageChannel;
import io.godwit.wire.PageServer;
import io.godwit.wire.WireError;
import io.godwit.wire.WireLimits;
import io.godwit.wire.proto.Abort;
import io.godwit.wire.proto.Created;
import io.godwit.wire.proto.MigrationMessage;
import io.godwit.wire.proto.NegotiateRequest;
import io.godwit.wire.proto.Refusal;
import java.io.ByteArrayOutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The steps of a migration at the destination, on a thread of their own. */
final class DestinationMigration implements DestinationCase.Hands {
  private static final Logger LOG = System.getLogger(DestinationMigration.class.getName());

  private final NegotiateRequest request;
  private final long readNanos;
  private final NodeId source;
  private final MigrationHost host;
  private final ProcessMover mover;
  private final PageServer.Session session;
  private final Conversation conversation;
  private final @Nullable Supplier<? extends AwaitedPages> behind;
  private final PhaseTimer phases;
  private @Nullable AwaitedPages remote;
  private ProcessMover.@Nullable Arrival arrival;
  private @Nullable PageChannel channel;
  private long receivedBytes;
  private @Nullable GodwitException failure;

  /**
   * Prepares.
   *
   * @param behind connects to where pages that follow are, or null where none can
   */
  DestinationMigration(
      NegotiateRequest request,
      long readNanos,
      NodeId source,
      MigrationHost host,
      ProcessMover mover,
      PageServer.Session session,
      Conversation conversation,
      @Nullable Supplier<? extends AwaitedPages> behind,
      PhaseGate gate,
      MigrationObserver observer) {
    this.request = request;
    this.readNanos = readNanos;
    this.source = source;
    this.host = host;
    this.mover = mover;
    this.session = session;
    this.conversation = conversation;
    this.behind = behind;
    this.phases =
        new PhaseTimer(
            request.getProcess().getPod(),
            request.getMigration(),
            Phase.Side.DESTINATION,
            gate,
            observer,
            this::bytes);
  }

  /** Runs the steps; every failure ends in the case and in the word to the source. */
  void run(DestinationCase ownership) {
    try {
      begin(ownership);
      StandbyThreads.fill();
      KeptCopy kept = kept();
      PageChannel pages = accept();
      PageOffers.Taker offers = new PageOffers.Taker(pages, kept);
      byte[] description = takeEarly(pages, offers);
      try (Scheduling.Hurry _ = Scheduling.hurry()) {
        finish(ownership, pages, offers, description);
      }
      phases.close();
    } catch (GodwitException failed) {
      fail(ownership, failed);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      fail(ownership, stopping);
    } catch (RuntimeException | Error unexpected) {
      LOG.log(Level.ERROR, "taking " + request.getProcess().getPod(), unexpected);
      fail(ownership, unexpected);
    } finally {
      session.close();
      PageChannel pages = channel;
      if (pages != null) {
        // The case is remembered for a while; its buffers are not.
        receivedBytes = pages.receivedBytes();
        channel = null;
        pages.close();
      }
      AwaitedPages following = remote;
      if (following != null) {
        following.closeUnused();
      }
      conversation.close();
    }
  }

  /** Waits for the source's word; false when it has given up. */
  private boolean committed(PageChannel pages) throws InterruptedException {
    PageChannel.Frame word;
    try {
      word = pages.expect(FrameKind.COMMIT, WireLimits.CALL_TIME);
    } catch (GodwitException cut) {
      if (conversation.aborted(NodeLimits.LAST_WORD)) {
        return false;
      }
      throw cut;
    }
    if (word.address() != request.getProcess().getEpoch()) {
      throw new GodwitException(
          NodeError.OUT_OF_STEP,
          "taking " + request.getProcess().getPod(),
          "it was promised under epoch "
              + request.getProcess().getEpoch()
              + " and passed on under "
              + word.address(),
          "run the same version of Godwit on both nodes");
    }
    return true;
  }

  /** Makes the empty pod. */
  private void begin(DestinationCase ownership) {
    ownership.on(DestinationOwnership.Event.BEGUN);
    if (ownership.state() != DestinationOwnership.State.BUILDING) {
      throw new GodwitException(
          NodeError.STATE_DIRECTORY,
          "taking " + request.getProcess().getPod(),
          "the journal of node " + host.self() + " cannot be written",
          "make room in its state directory and check that it is writable");
    }
    phases.begin(Phase.CREATE);
    ProcessMover.Arrival building =
        mover.create(
            request.getProcess().getPod(), request.getPodDescription().toByteArray(), readNanos);
    arrival = building;
    if (behind != null) {
      remote = behind.get();
    }
  }

  /** Lets the source come. */
  private PageChannel accept() throws InterruptedException {
    conversation.say(
        MigrationMessage.newBuilder().setCreated(Created.getDefaultInstance()).build());
    PageChannel pages = session.accept(WireLimits.GREETING_TIME);
    channel = pages;
    conversation.carries(pages::close);
    return pages;
  }

  /** The freeze, from the moment on when the description of what was frozen is here. */
  private void finish(
      DestinationCase ownership, PageChannel pages, PageOffers.Taker offers, byte[] description)
      throws InterruptedException {
    phases.begin(Phase.TRANSFER);
    Incoming source = new Incoming(pages, offers);
    building().build(description, source, this::pagesBehind);
    source.requireEnd();
    phases.begin(Phase.FORWARD);
    ownership.on(DestinationOwnership.Event.BUILT);
    GodwitException lost = failure;
    if (lost != null) {
      throw lost;
    }
    if (committed(pages)) {
      phases.begin(Phase.RESUME);
      ownership.on(DestinationOwnership.Event.COMMIT);
    } else {
      ownership.on(DestinationOwnership.Event.ABORT);
    }
  }

  private ProcessMover.Arrival building() {
    ProcessMover.Arrival building = arrival;
    if (building == null) {
      throw new IllegalStateException("nothing is being built");
    }
    return building;
  }

  /** What is here of the earlier visit; what is not ready now is not waited for in the freeze. */
  private @Nullable KeptCopy kept() throws InterruptedException {
    KeptCopy kept = mover.kept(visit(request));
    return kept != null && kept.awaitReady(NodeLimits.KEPT_READY) ? kept : null;
  }

  /** The visit that would begin with the arrival of a process. */
  static Visit visit(NegotiateRequest request) {
    return new Visit(
        request.getProcess().getPod(),
        new NodeId(request.getHome()),
        new Epoch(request.getProcess().getEpoch()));
  }

  private ProcessMover.PagesBehind pagesBehind(PageOrigin.Answers answers) {
    AwaitedPages pages = remote;
    if (pages == null) {
      throw new GodwitException(
          NodeError.STATE_INCOMPLETE,
          "building a process",
          "pages are to follow it, and the source did not say from where",
          "run the same version of Godwit on both nodes");
    }
    return pages.to(answers);
  }

  /** What comes while the process still runs, up to the description of what was frozen. */
  private byte[] takeEarly(PageChannel pages, PageOffers.Taker offers) {
    ProcessMover.Arrival building = building();
    Pieces early = new Pieces();
    Pieces last = new Pieces();
    boolean usable = false;
    while (true) {
      PageChannel.Frame frame = pages.receive();
      switch (frame.kind()) {
        case EARLY_DESCRIPTION -> {
          if (early.take(frame)) {
            usable = building.prepare(early.bytes());
          }
        }
        case PAGES, RUNS, SPARSE -> {
          if (usable) {
            building.take(PageRuns.Reader.of(frame));
          }
        }
        case OFFER -> {
          ProcessMover.PageSource held = offers.take(frame, usable);
          if (usable) {
            building.take(held);
          }
        }
        case MARK -> {
          AwaitedPages following = remote;
          if (usable && following != null) {
            following.open();
          }
          pages.send(FrameKind.MARK, usable ? 0 : 1, 0);
        }
        case DESCRIPTION -> {
          if (last.take(frame)) {
            return last.bytes();
          }
        }
        default ->
            throw new GodwitException(
                WireError.GARBAGE,
                "receiving a process",
                "a frame of kind " + frame.kind() + " came before its description",
                "run the same version of Godwit on both nodes");
      }
    }
  }

  /** A description that comes in pieces. */
  private static final class Pieces {
    private final ByteArrayOutputStream whole = new ByteArrayOutputStream();

    /** True when it was the last. */
    boolean take(PageChannel.Frame piece) {
      if (piece.address() != whole.size()
          || whole.size() + piece.payload().remaining() > NodeLimits.METADATA_BYTES) {
        throw new GodwitException(
            NodeError.STATE_INCOMPLETE,
            "receiving the description of a process",
            "a piece for offset " + piece.address() + " came at " + whole.size(),
            "run the same version of Godwit on both nodes");
      }
      byte[] bytes = new byte[piece.payload().remaining()];
      piece.payload().get(bytes);
      whole.writeBytes(bytes);
      return piece.space() == 1;
    }

    byte[] bytes() {
      return whole.toByteArray();
    }
  }

  /** The pages as they come, up to END. */
  private static final class Incoming implements ProcessMover.PageSource {
    private final PageChannel pages;
    private final PageOffers.Taker offers;
    private ProcessMover.@Nullable PageSource runs;
    private boolean ended;

    Incoming(PageChannel pages, PageOffers.Taker offers) {
      this.pages = pages;
      this.offers = offers;
    }

    @Override
    public @Nullable Run next() {
      while (!ended) {
        ProcessMover.PageSource current = runs;
        Run next = current == null ? null : current.next();
        if (next != null) {
          return next;
        }
        PageChannel.Frame frame = pages.receive();
        if (frame.kind() == FrameKind.END) {
          pages.checkEnd(frame);
          ended = true;
        } else {
          runs =
              frame.kind() == FrameKind.OFFER
                  ? offers.take(frame, true)
                  : PageRuns.Reader.of(frame);
        }
      }
      return null;
    }

    void requireEnd() {
      if (!ended && next() != null) {
        throw new GodwitException(
            NodeError.STATE_INCOMPLETE,
            "building a process",
            "more pages came than its description names",
            "run the same version of Godwit on both nodes");
      }
    }
  }

  private void fail(DestinationCase ownership, Throwable failed) {
    phases.failed(failed);
    failure =
        failed instanceof GodwitException known
            ? known
            : new GodwitException(
                NodeError.INTERNAL,
                "taking " + request.getProcess().getPod(),
                String.valueOf(failed),
                "report this with the text of the daemon's journal",
                failed);
    LOG.log(
        Level.WARNING,
        "taking {0} from node {1}: {2}",
        request.getProcess().getPod(),
        source,
        failure.getMessage());
    ownership.on(DestinationOwnership.Event.FAILED);
  }

  private long bytes() {
    PageChannel pages = channel;
    return pages == null ? receivedBytes : pages.receivedBytes();
  }

  @Override
  public boolean whole() {
    ProcessMover.Arrival built = arrival;
    if (built != null && built.whole()) {
      return true;
    }
    failure =
        new GodwitException(
            NodeError.PROCESS_ENDED,
            "taking " + request.getProcess().getPod(),
            "its new instance on node " + host.self() + " was killed before it could run",
            "see in the kernel's log whether the memory ran out, and try again");
    return false;
  }

  @Override
  public void thaw() {
    building().thaw();
    host.resumed(request.getProcess().getPod(), new Epoch(request.getProcess().getEpoch()));
  }

  @Override
  public void discard() {
    ProcessMover.Arrival built = arrival;
    if (built != null) {
      arrival = null;
      built.discard();
    }
  }

  @Override
  public void sendReady() {
    tell(FrameKind.READY);
  }

  @Override
  public void sendResumed() {
    tell(FrameKind.RESUMED);
  }

  private void tell(FrameKind word) {
    PageChannel pages = channel;
    if (pages == null) {
      return;
    }
    try {
      pages.send(word, 0, 0);
    } catch (GodwitException cut) {
      LOG.log(
          Level.DEBUG, "{0} of {1}: {2}", word, request.getProcess().getPod(), cut.getMessage());
    }
  }

  @Override
  public void tellAbort() {
    GodwitException cause = failure;
    Refusal.Builder error =
        Refusal.newBuilder()
            .setCode(cause == null ? NodeError.MIGRATION_UNDONE.code() : cause.code().code())
            .setWhat(cause == null ? "taking the process" : cause.what())
            .setWhy(cause == null ? "the destination has given up" : cause.why())
            .setAdvice(cause == null ? "try again" : cause.advice());
    conversation.say(
        MigrationMessage.newBuilder().setAbort(Abort.newBuilder().setError(error)).build());
  }

  @Override
  public void decided(DestinationOwnership.State state) {
    if (state == DestinationOwnership.State.RUNNING) {
      host.arrived(
          request.getProcess().getPod(),
          source,
          new Epoch(request.getProcess().getEpoch()),
          new NodeId(request.getHome()));
    }
  }
}
