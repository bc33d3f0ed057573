package io.godwit.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.app.testbed.TestNode;
import io.godwit.core.control.ProcessView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cluster balances itself, with real daemons and real programs. */
class BalancingTest {
  private static final int PROGRAMS = 8;
  private static final Duration SPREAD = Duration.ofSeconds(10);
  private static final Duration STEADY = Duration.ofSeconds(10);

  /** Epoch 1 is the start; each move is one more. */
  private static final int MOST_MOVES = 2;

  private static final String ONE_CORE =
      """

      [cluster]
      cores = 1
      """;

  @Test
  void eightUnequalProgramsSpreadAndSettle(@TempDir Path directory) throws Exception {
    long crowd = crowd();
    try (Cluster cluster =
        Cluster.of(n -> n.start(List.of(), ONE_CORE), "alpha", "beta", "gamma")) {
      TestNode first = cluster.node("alpha");
      for (int i = 0; i < PROGRAMS; i++) {
        Cluster.run(first, "busy" + i, directory, busy(i));
      }
      long begun = System.nanoTime();
      Cluster.await("no node has more than three", () -> most(first) <= 3);
      long spread = System.nanoTime() - begun;
      long end = System.nanoTime() + STEADY.toNanos();
      while (System.nanoTime() < end) {
        assertThat(most(first))
            .as("processes on one node: %s", where(first))
            .isLessThanOrEqualTo(4);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
      assertThat(most(first)).as("in the end: %s", where(first)).isEqualTo(3);
      for (ProcessView each : Cluster.processes(first)) {
        assertThat(each.epoch() - 1).as("moves of %s", each.name()).isLessThanOrEqualTo(MOST_MOVES);
      }
      assertThat(Duration.ofNanos(spread)).isLessThan(SPREAD.multipliedBy(crowd));
    }
  }

  /**
   * Each way to initiate with each way to tell of load, as real daemons drive it. LSF tells of its
   * load every 15 seconds, MOSIX leaves a process alone for its first second.
   */
  @ParameterizedTest
  @Tag("soak")
  @ValueSource(
      strings = {"mosix", "age", "receiver", "symmetric", "mpvm", "lsf", "hierarchical", "steady"})
  void everyInitiatingPolicySpreads(String profile, @TempDir Path directory) throws Exception {
    long crowd = crowd();
    try (Cluster cluster =
        Cluster.of(
            n -> n.start(List.of(), ONE_CORE + "profile = \"" + profile + "\"\n"),
            "alpha",
            "beta",
            "gamma")) {
      TestNode first = cluster.node("alpha");
      for (int i = 0; i < PROGRAMS; i++) {
        Cluster.run(first, "busy" + i, directory, busy(i));
      }
      long begun = System.nanoTime();
      Cluster.await("under " + profile + " no node has more than four", () -> most(first) <= 4);
      long spread = System.nanoTime() - begun;
      System.out.println(profile + " spreads eight programs in " + spread / 1_000_000 + " ms");
      Duration bound = profile.equals("lsf") ? SPREAD.plusSeconds(15) : SPREAD;
      assertThat(Duration.ofNanos(spread)).isLessThan(bound.multipliedBy(crowd));
    }
  }

  /** How many times slower than alone all goes here, because others use the machine: at least 1. */
  private static long crowd() throws IOException {
    double load = Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
    return Math.max(1, Math.round(load / Runtime.getRuntime().availableProcessors()));
  }

  /**
   * A loop that never ends; of different memory, so that no two are equal. No shell: some profiles
   * leave those where they are.
   */
  private static List<String> busy(int number) {
    return List.of(
        "awk", "BEGIN { x = sprintf(\"%" + (1 + (number << 16)) + "s\", \"\"); while (1) i++ }");
  }

  private static Map<String, Integer> where(TestNode node) {
    Map<String, Integer> count = new TreeMap<>();
    Cluster.processes(node).forEach(p -> count.merge(p.node(), 1, Integer::sum));
    return count;
  }

  private static int most(TestNode node) {
    return where(node).values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }
}
