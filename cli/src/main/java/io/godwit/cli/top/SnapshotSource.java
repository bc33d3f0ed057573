package io.godwit.cli.top;

import com.google.gson.JsonObject;
import io.godwit.core.GodwitException;
import io.godwit.core.control.DecisionView;
import io.godwit.core.control.Fields;
import io.godwit.core.control.Method;
import io.godwit.core.control.MoveView;
import io.godwit.core.control.NodeView;
import io.godwit.core.control.ProcessView;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** Asks a daemon for what a {@link Snapshot} holds. One thread. */
final class SnapshotSource {
  private static final int MAX_NODES = 10_000;
  private static final int MAX_PROCESSES = 100_000;
  private static final int MAX_MOVES = 100_000;
  private static final int MAX_DECISIONS = 1_000_000;

  /** Of each node. */
  private static final int DECISIONS = 20;

  /** All nodes are asked for their decisions: not more often than this. */
  private static final long DECISIONS_EVERY_MILLIS = 2000;

  private final BiFunction<Method, JsonObject, JsonObject> daemon;
  private final InstantSource clock;
  private List<DecisionView> decisions = List.of();
  private String undecided = "";
  private long decisionsAt = Long.MIN_VALUE;

  SnapshotSource(BiFunction<Method, JsonObject, JsonObject> daemon, InstantSource clock) {
    this.daemon = daemon;
    this.clock = clock;
  }

  Snapshot take() {
    List<NodeView> nodes = new ArrayList<>();
    for (JsonObject each : list(Method.NODES, new JsonObject(), "nodes", MAX_NODES)) {
      nodes.add(NodeView.of(each));
    }
    List<ProcessView> processes = new ArrayList<>();
    for (JsonObject each : list(Method.PROCESSES, new JsonObject(), "processes", MAX_PROCESSES)) {
      ProcessView process = ProcessView.of(each);
      if (process.state() != ProcessView.State.EXITED) {
        processes.add(process);
      }
    }
    List<MoveView> moves = new ArrayList<>();
    for (JsonObject each : list(Method.MOVES, new JsonObject(), "moves", MAX_MOVES)) {
      moves.add(MoveView.of(each));
    }
    long now = clock.millis();
    if (decisionsAt == Long.MIN_VALUE || now - decisionsAt >= DECISIONS_EVERY_MILLIS) {
      decisionsAt = now;
      askDecisions();
    }
    return new Snapshot(now, nodes, processes, moves, aged(now - decisionsAt), undecided);
  }

  private List<JsonObject> list(Method method, JsonObject params, String name, int most) {
    return Fields.of(daemon.apply(method, params), "listing").objects(name, most);
  }

  /** A node without a scheduler has none, and only root sees those about all processes. */
  private void askDecisions() {
    JsonObject params = new JsonObject();
    params.addProperty("most", DECISIONS);
    try {
      List<DecisionView> told = new ArrayList<>();
      for (JsonObject each : list(Method.EXPLAIN, params, "decisions", MAX_DECISIONS)) {
        told.add(DecisionView.of(each));
      }
      decisions = told;
      undecided = "";
    } catch (GodwitException none) {
      decisions = List.of();
      undecided = none.why();
    }
  }

  private List<DecisionView> aged(long millis) {
    return decisions.stream()
        .map(
            d ->
                new DecisionView(
                    d.node(),
                    d.ageMillis() + Math.max(0, millis),
                    d.kind(),
                    d.process(),
                    d.to(),
                    d.why(),
                    d.rejected()))
        .toList();
  }
}
