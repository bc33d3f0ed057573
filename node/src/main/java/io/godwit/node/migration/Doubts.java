package io.godwit.node.migration;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeLimits;
import io.godwit.wire.proto.InquireReply.Ownership;
import io.godwit.wire.proto.InquireRequest;
import io.godwit.wire.proto.ProcessRef;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * What is not decided yet, gone over every {@link NodeLimits#DOUBT_RETRY}: the other side is asked
 * who owns the process, records that could not be written are written again, and those that nobody
 * needs are removed. A thread of its own.
 */
final class Doubts implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Doubts.class.getName());
  private static final long QUESTION_PAUSE_MILLIS = 100;

  private final MigrationHost host;
  private final Path journal;
  private final Map<String, SourceCase> departures;
  private final Map<String, DestinationCase> arrivals;
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private final Semaphore sooner = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closing;

  Doubts(
      MigrationHost host,
      Path journal,
      Map<String, SourceCase> departures,
      Map<String, DestinationCase> arrivals) {
    this.host = host;
    this.journal = journal;
    this.departures = departures;
    this.arrivals = arrivals;
    this.thread = Thread.ofPlatform().daemon().name("godwit-doubt").unstarted(this::rounds);
  }

  void start() {
    thread.start();
  }

  /** The next round begins now. */
  void sooner() {
    sooner.release();
  }

  /** Asks about a commit until it is decided or {@link NodeLimits#DOUBT_PATIENCE} is over. */
  void settle(SourceCase departure) throws InterruptedException {
    long end = System.nanoTime() + NodeLimits.DOUBT_PATIENCE.toNanos();
    while (departure.inDoubt() && System.nanoTime() < end) {
      ask(departure);
      Thread.sleep(QUESTION_PAUSE_MILLIS);
    }
  }

  private void rounds() {
    while (!closing) {
      try {
        if (sooner.tryAcquire(NodeLimits.DOUBT_RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
          sooner.drainPermits();
        }
        round();
      } catch (InterruptedException stopping) {
        return;
      } catch (RuntimeException failed) {
        LOG.log(Level.ERROR, "what is in doubt is asked about again", failed);
      }
    }
  }

  /** A node that does not answer is asked once. */
  private void round() {
    Set<NodeId> silent = new HashSet<>();
    told.removeIf(known -> !departures.containsKey(known) && !arrivals.containsKey(known));
    for (SourceCase departure : List.copyOf(departures.values())) {
      departure.retry();
      ask(departure, silent, this::ask);
    }
    for (DestinationCase arrival : List.copyOf(arrivals.values())) {
      arrival.retry();
      ask(arrival, silent, this::ask);
    }
    new JournalSweep(journal, departures, arrivals, silent).sweep(record -> inquire(record, false));
  }

  private static <C extends OwnershipCase<?, ?, ?>> void ask(
      C undecided, Set<NodeId> silent, Predicate<C> ask) {
    NodeId peer = undecided.record().peer();
    if (undecided.inDoubt() && !silent.contains(peer) && !ask.test(undecided)) {
      silent.add(peer);
    }
  }

  /** False when there was no answer. */
  private boolean ask(SourceCase departure) {
    switch (answer(departure.record(), true)) {
      case TAKEN -> departure.on(SourceOwnership.Event.PEER_HAS_IT);
      case NOT_TAKEN -> departure.on(SourceOwnership.Event.PEER_DENIES);
      case PREPARED -> departure.on(SourceOwnership.Event.PEER_WAITS);
      default -> {
        return false;
      }
    }
    tell(departure);
    return true;
  }

  /** False when there was no answer. */
  private boolean ask(DestinationCase arrival) {
    switch (answer(arrival.record(), false)) {
      case TAKEN -> arrival.on(DestinationOwnership.Event.PEER_COMMITTED);
      case NOT_TAKEN -> arrival.on(DestinationOwnership.Event.PEER_KEEPS);
      default -> {
        return false;
      }
    }
    tell(arrival);
    return true;
  }

  private void tell(OwnershipCase<?, ?, ?> asked) {
    host.inDoubt(asked.record().pod(), asked.record().peer(), asked.inDoubt());
  }

  private Ownership answer(MigrationRecord record, boolean source) {
    try {
      return inquire(record, source);
    } catch (GodwitException | StatusRuntimeException silent) {
      LOG.log(
          told.add(record.migration()) ? Level.INFO : Level.DEBUG,
          "who owns {0} is in doubt; node {1}: {2}",
          record.pod(),
          record.peer(),
          silent.getMessage());
      if (Status.fromThrowable(silent).getCode() == Status.Code.DEADLINE_EXCEEDED) {
        host.unanswered(record.peer());
      }
      return Ownership.UNKNOWN;
    }
  }

  private Ownership inquire(MigrationRecord record, boolean source) {
    return host.connect(record.peer())
        .calls(NodeLimits.QUESTION)
        .inquire(
            InquireRequest.newBuilder()
                .setMigration(record.migration())
                .setProcess(
                    ProcessRef.newBuilder().setPod(record.pod()).setEpoch(record.epoch().number()))
                .setAskerIsSource(source)
                .build())
        .getOwnership();
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
  }
}
