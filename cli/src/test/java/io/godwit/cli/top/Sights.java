package io.godwit.cli.top;

import io.godwit.core.control.DecisionView;
import io.godwit.core.control.MoveView;
import io.godwit.core.control.NodeView;
import io.godwit.core.control.ProcessView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Clusters to look at. */
final class Sights {
  static final long NOW = 1_000_000_000L;

  private Sights() {}

  static NodeView node(String name, boolean self, NodeView.State state) {
    boolean silent = state == NodeView.State.UNREACHABLE;
    return new NodeView(
        name,
        "10.0.0.1:7411",
        "flock",
        state,
        silent ? "no answer for 7 s" : "",
        self,
        "0.1.0",
        "6.18",
        "x86_64",
        8,
        2.5,
        16L << 30,
        4L << 30,
        3,
        0.42,
        1,
        silent ? -1 : 250,
        silent ? null : new NodeView.Pressure(0.12, 0, 0.03),
        self ? 90_000 : -1);
  }

  static ProcessView process(String name, String node, long cpuMillis, long memory) {
    return new ProcessView(
        name,
        4711,
        7,
        ProcessView.State.RUNNING,
        node,
        "alpha",
        1000,
        "ana",
        "./simulate --for " + name,
        NOW - 65_000,
        cpuMillis,
        memory,
        3,
        null,
        List.of());
  }

  static MoveView move(String process, MoveView.Outcome outcome, long endedAgo) {
    boolean done = outcome == MoveView.Outcome.DONE;
    return new MoveView(
        process,
        "alpha",
        "beta",
        "hybrid",
        "transfer",
        12L << 20,
        48L << 20,
        400,
        outcome,
        endedAgo,
        done ? 12_400 : 0,
        outcome == MoveView.Outcome.REFUSED ? "GW-NODE-016" : "",
        outcome == MoveView.Outcome.REFUSED ? "fd 7 is an io_uring ring" : "");
  }

  /** Two nodes and a silent one, three processes of which one moves, and what has happened. */
  static Snapshot usual() {
    return new Snapshot(
        NOW,
        List.of(
            node("alpha", true, NodeView.State.READY),
            node("beta", false, NodeView.State.READY),
            node("gamma", false, NodeView.State.UNREACHABLE)),
        List.of(
            process("one", "alpha", 3000, 1 << 20),
            process("three", "beta", 1000, 3 << 20),
            process("two", "alpha", 2000, 2 << 20)),
        List.of(
            move("three", MoveView.Outcome.REFUSED, 9000),
            move("two", MoveView.Outcome.DONE, 2000),
            move("one", MoveView.Outcome.UNDER_WAY, 0)),
        List.of(
            new DecisionView("alpha", 3000, "MIGRATE", "two", "beta", "age 9 s", List.of()),
            new DecisionView("alpha", 100, "STAY", "", "", "nothing to do", List.of())),
        "");
  }

  static Snapshot many(int nodes, int processes) {
    List<NodeView> all = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      all.add(node("node" + i, i == 0, NodeView.State.READY));
    }
    List<ProcessView> running = new ArrayList<>();
    for (int i = 0; i < processes; i++) {
      running.add(process("job" + i, "node0", i, 1 << 20));
    }
    return new Snapshot(NOW, all, running, List.of(), List.of(), "");
  }

  static Scene scene(Snapshot snapshot) {
    return new Scene(snapshot, Map.of("one", 0.5, "two", 1.25), 0, "");
  }
}
