package io.godwit.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.it.cluster.Cluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever dies at whichever step, afterwards exactly one instance of the program runs, nothing it
 * did was lost or done twice, and the next migration succeeds.
 */
class FaultTest {
  private static final long SEED = 20;

  @TempDir Path directory;

  @BeforeEach
  void possible() {
    Cluster.assumePossible();
  }

  @Test
  void aSampleOfFaultsLeavesOneInstance() {
    go(FaultCase.sample(SEED, 1), "precopy");
  }

  @ParameterizedTest
  @ValueSource(strings = {"precopy", "eager"})
  @Tag("soak")
  void everyFaultAtEveryStepLeavesOneInstance(String strategy) {
    go(chosen(), strategy);
  }

  /**
   * Most of the memory follows the process: if a daemon dies before all of it is there, the program
   * waits until it has been started again.
   */
  @Test
  @Tag("soak")
  void everyFaultWhilePagesFollowLeavesOneInstance() {
    go(chosen(), "hybrid");
  }

  private static List<FaultCase> chosen() {
    String only = System.getProperty("godwit.fault", "");
    return FaultCase.all().stream()
        .filter(c -> c.toString().replace(" ", "").contains(only))
        .toList();
  }

  /** After a case that fails the next ones begin anew: one run tells of all of them. */
  private void go(List<FaultCase> cases, String strategy) {
    List<String> failed = new ArrayList<>();
    FaultBench bench = null;
    try {
      for (FaultCase each : cases) {
        long began = System.nanoTime();
        try {
          if (bench == null) {
            bench = new FaultBench(Files.createTempDirectory(directory, "bench"), strategy);
          }
          bench.go(each);
          System.out.println(each + ": one instance, " + millis(began) + " ms");
        } catch (Exception | AssertionError e) {
          System.out.println(each + ": FAILED after " + millis(began) + " ms: " + e);
          failed.add(each + ": " + e);
          if (bench != null) {
            bench.close();
            bench = null;
          }
        }
      }
    } finally {
      if (bench != null) {
        bench.close();
      }
    }
    assertThat(failed).as("of %d cases", cases.size()).isEmpty();
  }

  private static long millis(long since) {
    return (System.nanoTime() - since) / 1_000_000;
  }
}
