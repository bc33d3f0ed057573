package io.godwit.node.migration;

import io.godwit.core.ExitStatus;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.core.control.MoveView.Outcome;
import io.godwit.node.NodeError;
import io.godwit.node.metrics.Exposition;
import io.godwit.wire.proto.MoveStatus;
import io.godwit.wire.proto.NegotiateRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this node knows of its migrations for those who watch: the departures that are under way and
 * the latest that have ended. Safe from any thread; its lock is held for a few instructions, and a
 * move's inside of it.
 */
public final class MoveBook {
  /** Ended departures that are told, at most. */
  private static final int TOLD = 16;

  /** And for so long. */
  private static final Duration TOLD_FOR = Duration.ofMinutes(1);

  private static final long MILLI = 1_000_000;
  private static final long MICRO = 1_000;
  private static final int LONGEST_WHY = 500;

  private final NodeId self;
  private final Set<Move> underWay = new LinkedHashSet<>();
  private final Deque<Move> ended = new ArrayDeque<>();
  private final MoveStatistics statistics = new MoveStatistics();

  MoveBook(NodeId self) {
    this.self = self;
  }

  /** A migration from here begins. */
  Move departure(MoveOrder order) {
    String strategy =
        order.strategy().isEmpty() ? TransferStrategy.DEFAULT.title() : order.strategy();
    Move move = new Move(order.pod(), order.destination(), strategy, Phase.Side.SOURCE);
    synchronized (this) {
      underWay.add(move);
    }
    return move;
  }

  /** A migration to here begins; its source tells those who watch. */
  Move arrival(NegotiateRequest request, NodeId source) {
    return new Move(
        request.getProcess().getPod(),
        source,
        known(request.getStrategy()),
        Phase.Side.DESTINATION);
  }

  /** A peer may say what it likes. */
  private static String known(String strategy) {
    return Arrays.stream(TransferStrategy.values())
        .map(TransferStrategy::title)
        .filter(strategy::equals)
        .findFirst()
        .orElse("other");
  }

  /** This node refuses a process for this reason. */
  void refused(String code) {
    statistics.refused(code);
  }

  /** Tells what the migrations add up to. */
  public void expose(Exposition out) {
    statistics.expose(out);
  }

  private synchronized void end(Move move) {
    if (!underWay.remove(move)) {
      return; // an arrival
    }
    ended.addLast(move);
    if (ended.size() > TOLD) {
      ended.removeFirst();
    }
  }

  /** Departures, those that have ended first. */
  public synchronized List<MoveStatus> recent() {
    long now = System.nanoTime();
    ended.removeIf(move -> now - move.endedAt() > TOLD_FOR.toNanos());
    List<MoveStatus> told = new ArrayList<>();
    ended.forEach(move -> told.add(move.status(now)));
    underWay.forEach(move -> told.add(move.status(now)));
    return told;
  }

  /** What a failure means for the process. */
  static Outcome outcome(GodwitException failure) {
    String code = failure.code().code();
    if (code.equals(NodeError.MIGRATION_IN_DOUBT.code())) {
      return Outcome.IN_DOUBT;
    }
    if (code.equals(NodeError.MIGRATION_UNDONE.code())) {
      return Outcome.UNDONE;
    }
    return failure.code().exitStatus() == ExitStatus.REFUSED ? Outcome.REFUSED : Outcome.FAILED;
  }

  /** One migration; told how it goes by its own threads. */
  final class Move implements AutoCloseable {
    private final String pod;
    private final NodeId to;
    private final String strategy;
    private final Phase.Side side;
    private final MoveEvent event = new MoveEvent();
    private final long begun = System.nanoTime();
    private Phase phase = Phase.NEGOTIATE;
    private long phaseBegun = begun;
    private long bytes;
    private long expected;
    private Outcome outcome = Outcome.UNDER_WAY;
    private long endedAt;
    private long freezeNanos;
    private String code = "";
    private String why = "";

    /**
     * @param to the other node
     */
    private Move(String pod, NodeId to, String strategy, Phase.Side side) {
      this.pod = pod;
      this.to = to;
      this.strategy = strategy;
      this.side = side;
      event.begin();
    }

    /** Follows an attempt, and tells another observer what it hears. */
    MigrationObserver following(MigrationObserver other) {
      return (phase, bytes, expected, elapsed) -> {
        progress(phase, bytes, expected);
        other.progress(phase, bytes, expected, elapsed);
      };
    }

    private synchronized void progress(Phase now, long bytesNow, long expectedNow) {
      if (now != phase) {
        phaseEnds();
        phase = now;
      }
      bytes = bytesNow;
      expected = Math.max(expected, expectedNow);
    }

    private void phaseEnds() {
      long now = System.nanoTime();
      statistics.phase(phase, side, now - phaseBegun);
      phaseBegun = now;
    }

    /** It runs here, or not, or nobody knows. */
    void arrived(DestinationOwnership.State state) {
      end(
          switch (state) {
            case RUNNING -> Outcome.DONE;
            case PREPARED, TAKING -> Outcome.IN_DOUBT;
            default -> Outcome.UNDONE;
          },
          null);
    }

    /** It runs at its destination. */
    void done(MigrationResult result) {
      synchronized (this) {
        bytes = result.bytes();
        freezeNanos = result.freezeNanos();
      }
      statistics.froze(strategy, result.freezeNanos());
      statistics.elided(result.zeroBytes(), result.heldBytes());
      end(Outcome.DONE, null);
    }

    /** It does not, or nobody knows. */
    void failed(GodwitException failure) {
      end(outcome(failure), failure);
    }

    /** The end of it, whatever has happened. */
    @Override
    public void close() {
      end(Outcome.FAILED, null);
    }

    private void end(Outcome how, @Nullable GodwitException failure) {
      synchronized (this) {
        if (outcome != Outcome.UNDER_WAY) {
          return;
        }
        outcome = how;
        endedAt = System.nanoTime();
        phaseEnds();
        if (failure != null) {
          code = failure.code().code();
          String told = failure.why();
          why = told.length() <= LONGEST_WHY ? told : told.substring(0, LONGEST_WHY);
        }
      }
      String direction = side == Phase.Side.SOURCE ? "out" : "in";
      statistics.ended(direction, strategy, how, bytes);
      if (failure != null) {
        statistics.failed(code);
      }
      record(direction, how);
      MoveBook.this.end(this);
    }

    private void record(String direction, Outcome how) {
      event.end();
      if (event.shouldCommit()) {
        event.pod = pod;
        event.direction = direction;
        event.peer = to.name();
        event.strategy = strategy;
        event.result = how.wireName();
        event.code = code;
        event.freeze = freezeNanos;
        event.bytes = bytes;
        event.commit();
      }
    }

    private synchronized long endedAt() {
      return endedAt;
    }

    private synchronized MoveStatus status(long now) {
      boolean over = outcome != Outcome.UNDER_WAY;
      return MoveStatus.newBuilder()
          .setPod(pod)
          .setFrom(self.name())
          .setTo(to.name())
          .setStrategy(strategy)
          .setPhase(phase.title())
          .setBytes(bytes)
          .setBytesExpected(expected)
          .setElapsedMillis(((over ? endedAt : now) - begun) / MILLI)
          .setOutcome(outcome.wireName())
          .setEndedMillisAgo(over ? Math.max(0, now - endedAt) / MILLI : 0)
          .setFreezeMicros(freezeNanos / MICRO)
          .setCode(code)
          .setWhy(why)
          .build();
    }
  }
}
