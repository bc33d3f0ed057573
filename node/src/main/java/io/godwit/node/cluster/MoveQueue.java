package io.godwit.node.cluster;

import io.godwit.core.ExitStatus;
import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.node.NodeError;
import io.godwit.node.migration.MigrationResult;
import io.godwit.node.migration.TransferStrategy;
import io.godwit.policy.load.ProcessKey;
import io.godwit.policy.load.ProcessLoad;
import io.godwit.policy.scheduling.Decision;
import io.godwit.policy.scheduling.SchedulingEvent.Outcome;
import io.godwit.wire.proto.AdmitReply;
import io.godwit.wire.proto.AdmitRequest;
import io.godwit.wire.proto.LoadNote;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the moves that a scheduler orders: asks the destination for admission, then lets the
 * process migrate, a few at once in the order of the orders. Safe from any thread.
 */
final class MoveQueue {
  private static final Logger LOG = System.getLogger(MoveQueue.class.getName());
  private static final int MOST_DOUBLINGS = 6;
  private static final long SECOND = 1_000_000_000L;

  private final Neighbours neighbours;
  private final Listener listener;
  private final Semaphore places = new Semaphore(ClusterLimits.MOVES_AT_ONCE, true);
  private final Map<String, NodeId> moving = new ConcurrentHashMap<>();
  private final Map<String, Held> held = new ConcurrentHashMap<>();
  private volatile boolean closing;

  /** Why a process did not get away, and until when it is not tried again. */
  record Held(String why, int failures, boolean waits, long untilNanos) {}

  /** How a move ended. */
  record Ended(
      String pod, ProcessKey key, NodeId to, Outcome outcome, long bytes, long nanos, String why) {}

  /** Told from the threads of the moves, once for each. */
  interface Listener {
    void ended(Ended ended);
  }

  MoveQueue(Neighbours neighbours, Listener listener) {
    this.neighbours = neighbours;
    this.listener = listener;
  }

  /** Whether the pod is on its way out by a scheduler's order, or waits for its turn. */
  boolean moving(String pod) {
    return moving.containsKey(pod);
  }

  int size() {
    return moving.size();
  }

  /** Whether the pod may be tried now. */
  boolean movable(String pod, long nowNanos) {
    Held hold = held.get(pod);
    return hold == null || !hold.waits() || nowNanos - hold.untilNanos() >= 0;
  }

  /** Why the last attempt failed; empty where there was none or it went well. */
  String trouble(String pod) {
    Held hold = held.get(pod);
    return hold == null ? "" : hold.why();
  }

  /** The pod is no longer here, or all is to be tried anew. */
  void forget(String pod) {
    held.remove(pod);
  }

  /**
   * As the profile says, where this release moves by that strategy; but nothing may stay behind on
   * a node that is wanted back.
   */
  static String strategy(String named, Decision.Kind kind) {
    boolean wantedBack =
        kind == Decision.Kind.DRAIN || kind == Decision.Kind.EVICT || kind == Decision.Kind.DEPORT;
    for (TransferStrategy each : TransferStrategy.values()) {
      if (each.title().equals(named)) {
        return wantedBack && each.follows() && !each.stores() ? "" : named;
      }
    }
    return "";
  }

  /**
   * @param strategy by which the pages go; empty for the default
   */
  void order(String pod, ProcessLoad process, NodeId to, String strategy) {
    if (moving.putIfAbsent(pod, to) != null) {
      listener.ended(failed(pod, process, to, "another move of it is under way"));
      return;
    }
    Thread.ofVirtual().name("godwit-move-" + pod).start(() -> carryOut(pod, process, to, strategy));
  }

  private void carryOut(String pod, ProcessLoad process, NodeId to, String strategy) {
    Ended ended;
    boolean placed = false;
    try {
      places.acquire();
      placed = true;
      ended =
          closing ? failed(pod, process, to, "the daemon stops") : move(pod, process, to, strategy);
    } catch (InterruptedException stopping) {
      ended = failed(pod, process, to, "the daemon stops");
    } catch (RuntimeException defect) {
      LOG.log(Level.WARNING, "moving " + pod + " to node " + to + " failed", defect);
      ended = failed(pod, process, to, defect.toString());
    } finally {
      if (placed) {
        places.release();
      }
    }
    if (ended.outcome() == Outcome.DONE) {
      held.remove(pod);
    }
    listener.ended(ended);
    moving.remove(pod);
  }

  private static Ended failed(String pod, ProcessLoad process, NodeId to, String why) {
    return new Ended(pod, process.key(), to, Outcome.FAILED, 0, 0, why);
  }

  private Ended move(String pod, ProcessLoad process, NodeId to, String strategy)
      throws InterruptedException {
    AdmitReply reply;
    try {
      reply =
          neighbours.admit(
              to,
              AdmitRequest.newBuilder()
                  .setPod(pod)
                  .setHome(process.key().home().name())
                  .setProgram(process.name())
                  .setUser(process.user())
                  .setAgeNanos(process.ageNanos())
                  .setMemoryBytes(process.memoryBytes())
                  .setMoves(process.moves())
                  .build());
    } catch (GodwitException unreachable) {
      return trouble(pod, process, to, Outcome.FAILED, unreachable.why(), null);
    }
    if (!reply.getAdmitted()) {
      return trouble(pod, process, to, Outcome.REFUSED, reply.getWhy(), null);
    }
    try {
      MigrationResult result = neighbours.move(pod, to, strategy);
      return new Ended(
          pod, process.key(), to, Outcome.DONE, result.bytes(), result.freezeNanos(), "");
    } catch (GodwitException failure) {
      withdraw(pod, process.key().home(), to);
      return trouble(pod, process, to, outcome(failure), failure.why(), failure);
    }
  }

  /** Whether another node, or another process, could fare better. */
  private static Outcome outcome(GodwitException failure) {
    if (failure.code() == NodeError.MIGRATION_REFUSED) {
      return failure.why().contains(NodeError.NOT_WILLING.code())
              || failure.why().contains(ClusterError.CLOSED.code())
          ? Outcome.REFUSED
          : Outcome.UNSUITABLE;
    }
    return failure.code().exitStatus() == ExitStatus.REFUSED ? Outcome.UNSUITABLE : Outcome.FAILED;
  }

  private Ended trouble(
      String pod,
      ProcessLoad process,
      NodeId to,
      Outcome outcome,
      String why,
      @Nullable GodwitException failure) {
    LOG.log(Level.INFO, "{0} does not go to node {1}: {2}", pod, to, why);
    String told = "node " + to + ": " + why;
    int failures =
        held.getOrDefault(pod, new Held("", 0, false, 0)).failures() + (failure == null ? 0 : 1);
    boolean unmovable =
        failure != null
            && failure.code().exitStatus() == ExitStatus.REFUSED
            && failure.code() != NodeError.MIGRATION_REFUSED;
    long pause =
        unmovable
            ? ClusterLimits.UNMOVABLE.toNanos()
            : SECOND << Math.min(failures, MOST_DOUBLINGS);
    // A refusal of one node says nothing about the next.
    boolean waits = unmovable || (outcome == Outcome.FAILED && failure != null);
    held.put(pod, new Held(unmovable ? why : told, failures, waits, System.nanoTime() + pause));
    return new Ended(pod, process.key(), to, outcome, 0, 0, told);
  }

  /** The destination need not keep its place for the process. Losing this word is harmless. */
  private void withdraw(String pod, NodeId home, NodeId to) {
    try {
      var _ =
          neighbours.tell(
              to,
              LoadNote.newBuilder()
                  .setKind(LoadNote.Kind.WITHDRAWN)
                  .setPod(pod)
                  .setHome(home.name())
                  .build());
    } catch (GodwitException silent) {
      LOG.log(Level.DEBUG, "node {0} was not told: {1}", to, silent.getMessage());
    }
  }

  /** Orders that wait are not begun any more. */
  void close() {
    closing = true;
  }
}
