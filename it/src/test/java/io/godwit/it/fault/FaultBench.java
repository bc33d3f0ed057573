package io.godwit.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.app.testbed.TestNode;
import io.godwit.core.GodwitException;
import io.godwit.core.control.ProcessView;
import io.godwit.it.cluster.Cluster;
import io.godwit.it.cluster.Heartbeat;
import io.godwit.node.NodeError;
import io.godwit.node.migration.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Two nodes with gates and a program that moves between them; goes through one case at a time. */
final class FaultBench implements AutoCloseable {
  /** Beats that tell that a program goes on. */
  private static final int BEATS = 5;

  /** Daemons are killed in most cases: most of their life is its beginning. */
  private static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1");

  private static final int OUTCOME_SECONDS = 90;
  private static final int SIGKILL = 9;

  /** When the source waits for the last word, the process may run at the destination already. */
  private static final FaultCase RUNNING_KILLED =
      new FaultCase(Phase.RESUME, Phase.Side.SOURCE, FaultCase.Fault.HALF_BUILT_KILLED);

  /** When the source waits for the last word, it may have been said before the cable was cut. */
  private static final FaultCase LAST_WORD_CUT =
      new FaultCase(Phase.RESUME, Phase.Side.SOURCE, FaultCase.Fault.CABLE_CUT);

  private final Path directory;
  private final String strategy;
  private final Cluster cluster;
  private final TestNode alpha;
  private final TestNode beta;
  private Heartbeat heart;
  private int programs;

  FaultBench(Path directory, String strategy) {
    this.directory = directory;
    this.strategy = strategy;
    this.cluster =
        Cluster.of(
            node ->
                node.start(
                    QUICK_START, "", List.of(GatedDaemon.class.getName(), gates(node).toString())),
            "alpha",
            "beta");
    this.alpha = cluster.node("alpha");
    this.beta = cluster.node("beta");
    cluster.awaitHeard();
    this.heart = start();
  }

  private Heartbeat start() {
    return Heartbeat.start(alpha, "beats" + programs++, directory);
  }

  private Path gates(TestNode node) {
    return directory.resolve("gates-" + node.name());
  }

  private boolean runs(TestNode node) {
    return node.runs(heart.name());
  }

  private TestNode other(TestNode node) {
    return node == alpha ? beta : alpha;
  }

  /** Where the program is, once that is plain. */
  private TestNode holder() {
    try {
      Cluster.await("exactly one node runs " + heart.name(), () -> runs(alpha) != runs(beta));
    } catch (AssertionError late) {
      throw new AssertionError(
          late.getMessage() + ", but alpha: " + runs(alpha) + ", beta: " + runs(beta) + state(),
          late);
    }
    return runs(alpha) ? alpha : beta;
  }

  private String state() {
    return "; alpha: " + alpha.tail() + "\nbeta: " + beta.tail() + "\n";
  }

  /** What was struck was no half-built instance any more, but the program itself. */
  private void ended() {
    for (TestNode node : List.of(alpha, beta)) {
      Cluster.await(
          node.name() + " knows that it was killed",
          // The node that it visited forgets it, and hears of it again from its home.
          () ->
              Cluster.processes(node).stream()
                  .filter(seen -> seen.name().equals(heart.name()))
                  .anyMatch(seen -> seen.exit() != null && seen.exit().signal() == SIGKILL));
      Cluster.await("nothing is left", () -> node.cgroup(heart.name()) == null);
    }
    heart.assertNeverLostNorDoubled();
    heart = start();
    proceed();
  }

  /** Brings a migration to the place, lets the fault happen, and looks what has become of all. */
  void go(FaultCase fault) throws IOException {
    TestNode source = holder();
    TestNode destination = other(source);
    TestNode gated = fault.side() == Phase.Side.SOURCE ? source : destination;
    Path gates = gates(gated);
    FileGate.close(gates, fault.phase(), fault.side());
    CompletableFuture<@Nullable GodwitException> outcome =
        CompletableFuture.supplyAsync(() -> move(source, destination));
    Cluster.await(
        "the migration comes to " + fault, () -> FileGate.reached(gates) || outcome.isDone());
    if (outcome.isDone()) {
      throw new AssertionError("it did not come to " + fault, outcome.join());
    }
    step("struck");
    strike(fault, source, destination);
    FileGate.open(gates, fault.phase(), fault.side());
    GodwitException told = await(outcome);
    step("told " + told);
    if (told == null && fault.equals(RUNNING_KILLED)) {
      ended();
      return;
    }
    mend(fault, source, destination, told);
    step("mended");
    look();
    step("one instance");
    proceed();
  }

  private void step(String what) {
    if (Boolean.getBoolean("godwit.fault.steps")) {
      System.out.println("  " + System.currentTimeMillis() % 1_000_000 + " " + what);
    }
  }

  /** Null when it succeeded. */
  private @Nullable GodwitException move(TestNode from, TestNode to) {
    try {
      Cluster.move(from, heart.name(), to, strategy);
      return null;
    } catch (GodwitException failed) {
      return failed;
    }
  }

  private static @Nullable GodwitException await(
      CompletableFuture<@Nullable GodwitException> outcome) {
    try {
      return outcome.get(OUTCOME_SECONDS, TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException
        | java.util.concurrent.ExecutionException
        | InterruptedException e) {
      throw new AssertionError("the migration does not end", e);
    }
  }

  private void strike(FaultCase fault, TestNode source, TestNode destination) {
    switch (fault.fault()) {
      case SOURCE_KILLED -> source.killDaemon();
      case DESTINATION_KILLED -> destination.killDaemon();
      case CABLE_CUT -> cluster.testbed().connected(destination.name(), false);
      case HALF_BUILT_KILLED ->
          kill(Objects.requireNonNull(destination.cgroup(heart.name()), "nothing was built"));
    }
  }

  /** What a stray SIGKILL, or a lack of memory, would do. */
  private static void kill(Path cgroup) {
    try {
      Files.writeString(cgroup.resolve("cgroup.kill"), "1");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void mend(
      FaultCase fault, TestNode source, TestNode destination, @Nullable GodwitException told) {
    switch (fault.fault()) {
      case SOURCE_KILLED -> cluster.restart(source);
      case DESTINATION_KILLED -> cluster.restart(destination);
      case CABLE_CUT -> {
        if (told != null) {
          cutIsTold(source, told);
        } else {
          assertThat(fault).as("a migration over a cut cable").isEqualTo(LAST_WORD_CUT);
        }
        cluster.testbed().connected(destination.name(), true);
        cluster.awaitHeard();
      }
      case HALF_BUILT_KILLED -> {
        // Nobody is away.
      }
    }
  }

  /** While the cable is out: undone, and running, or in doubt, and told so. */
  private void cutIsTold(TestNode source, GodwitException told) {
    if (told.code().code().equals(NodeError.MIGRATION_IN_DOUBT.code())) {
      assertThat(Cluster.process(source, heart.name()).state())
          .isEqualTo(ProcessView.State.IN_DOUBT);
      assertThat(runs(source)).as("runs though in doubt").isFalse();
    } else {
      Cluster.await("it goes on at the source; " + told, () -> runs(source));
      heart.awaitBeats(BEATS);
    }
  }

  /** One instance, which beats, known to both nodes; no rest of another. */
  private void look() {
    TestNode holder = holder();
    heart.awaitBeats(BEATS);
    heart.assertNeverLostNorDoubled();
    assertThat(holder()).isEqualTo(holder);
    for (TestNode node : List.of(alpha, beta)) {
      ProcessView[] seen = new ProcessView[1];
      try {
        Cluster.await(
            node.name() + " knows that it runs at " + holder.name(),
            () -> {
              seen[0] = Cluster.process(node, heart.name());
              return seen[0].state() == ProcessView.State.RUNNING
                  && seen[0].node().equals(holder.name().name());
            });
      } catch (AssertionError late) {
        throw new AssertionError(late.getMessage() + ", but: " + seen[0] + state(), late);
      }
    }
    Cluster.await(
        "nothing is left at " + other(holder).name(),
        () -> other(holder).cgroup(heart.name()) == null);
  }

  /** The next migration succeeds. */
  private void proceed() {
    TestNode from = holder();
    Cluster.move(from, heart.name(), other(from), strategy);
    heart.awaitBeats(BEATS);
    heart.assertNeverLostNorDoubled();
    assertThat(runs(from)).isFalse();
    assertThat(runs(other(from))).isTrue();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
