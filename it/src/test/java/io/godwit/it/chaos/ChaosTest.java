package io.godwit.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.app.testbed.TestNode;
import io.godwit.core.GodwitException;
import io.godwit.it.cluster.Cluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several programs on three nodes; every one ends with the right output, exactly once. */
class ChaosTest {
  /** Those that leave no pages behind: the death of a daemon costs none of them anything. */
  private static final List<String> STRATEGIES = List.of("eager", "precopy");

  private static final int MOVE_SECONDS = 120;

  @TempDir Path directory;

  private final Map<String, Integer> outcomes = new ConcurrentHashMap<>();

  @BeforeEach
  void possible() {
    Cluster.assumePossible();
  }

  @Test
  void programsOutliveAFewDeathsOfDaemons() throws Exception {
    go(11, 3, 12, 2);
  }

  @Test
  @Tag("soak")
  void programsOutliveManyDeathsOfDaemons() throws Exception {
    long first = Long.getLong("godwit.chaos.seed", 100);
    int seeds = Integer.getInteger("godwit.chaos.seeds", 10);
    for (long seed = first; seed < first + seeds; seed++) {
      go(seed, 6, 60, 10);
    }
  }

  private void go(long seed, int programs, int moves, int deaths) throws Exception {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    Path files = Files.createTempDirectory(directory, "seed" + seed);
    outcomes.clear();
    try (Cluster cluster = Cluster.of("alpha", "beta", "gamma")) {
      cluster.awaitHeard();
      List<TestNode> nodes = cluster.testbed().nodes();
      List<Walker> walkers = new ArrayList<>();
      for (int i = 0; i < programs; i++) {
        walkers.add(Walker.start(nodes.get(random.nextInt(nodes.size())), i, files));
      }
      List<CompletableFuture<Void>> moving = new ArrayList<>();
      int toDie = deaths;
      for (int left = moves; left > 0 || toDie > 0; ) {
        if (random.nextInt(left + toDie) < left) {
          left--;
          move(cluster, walkers.get(random.nextInt(programs)), random).ifPresent(moving::add);
          if (random.nextInt(3) == 0) {
            await(moving);
          }
        } else {
          toDie--;
          TestNode unlucky = nodes.get(random.nextInt(nodes.size()));
          LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(100_000)));
          unlucky.killDaemon();
          LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(300_000)));
          cluster.restart(unlucky);
        }
      }
      await(moving);
      for (Walker walker : walkers) {
        Cluster.await(
            walker.name() + " runs on one node",
            () -> nodes.stream().filter(n -> n.runs(walker.name())).count() == 1);
      }
      for (Walker walker : walkers) {
        walker.finish();
      }
    } catch (AssertionError | GodwitException failed) {
      throw new AssertionError("seed " + seed + ": " + failed.getMessage(), failed);
    } finally {
      System.out.println("seed " + seed + ": " + new TreeMap<>(outcomes));
    }
    assertThat(outcomes.getOrDefault("moved", 0)).as("moves that succeeded").isPositive();
  }

  /** Begins a move from where the kernel runs it; nothing when it is nowhere at this moment. */
  private Optional<CompletableFuture<Void>> move(
      Cluster cluster, Walker walker, RandomGenerator random) {
    List<TestNode> nodes = cluster.testbed().nodes();
    TestNode to = nodes.get(random.nextInt(nodes.size()));
    String strategy = STRATEGIES.get(random.nextInt(STRATEGIES.size()));
    return nodes.stream()
        .filter(n -> n.runs(walker.name()) && n != to)
        .findFirst()
        .map(
            from ->
                CompletableFuture.runAsync(
                    () -> count(outcome(from, walker.name(), to, strategy))));
  }

  private void count(String outcome) {
    outcomes.merge(outcome, 1, Integer::sum);
  }

  private static String outcome(TestNode from, String name, TestNode to, String strategy) {
    try {
      Cluster.move(from, name, to, strategy);
      return "moved";
    } catch (GodwitException refused) {
      return refused.code().code();
    }
  }

  private static void await(List<CompletableFuture<Void>> moving) throws Exception {
    for (CompletableFuture<Void> each : moving) {
      each.get(MOVE_SECONDS, TimeUnit.SECONDS);
    }
    moving.clear();
  }
}
