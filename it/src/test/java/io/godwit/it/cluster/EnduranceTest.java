package io.godwit.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.app.testbed.TestNode;
import io.godwit.core.control.ProcessView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One small process moves to and fro very often: it lives, and nothing is left behind. */
class EnduranceTest {
  /** The first moves load classes and fill caches; what is counted comes after them. */
  private static final int WARM = 40;

  private static final int MOVES = 300;

  /** On a busy machine fewer moves have to do, but fewer than this would not show a leak. */
  private static final int FEWEST_MOVES = 25;

  private static final Duration TIME = Duration.ofSeconds(90);

  /** A daemon's memory may vary by its garbage collector's habits. */
  private static final long MEMORY_NOISE_MEBIBYTES = 64;

  @Test
  @Tag("soak") // its counts are not proven yet
  void hundredsOfMovesLeaveNothingBehind(@TempDir Path directory) throws Exception {
    moveAndCount(directory, MOVES, TIME);
  }

  @Test
  @Tag("soak")
  void thousandsOfMovesLeaveNothingBehind(@TempDir Path directory) throws Exception {
    moveAndCount(directory, 5000, Duration.ofHours(2));
  }

  private static void moveAndCount(Path directory, int moves, Duration time) throws Exception {
    try (Cluster cluster = Cluster.of("alpha", "beta")) {
      TestNode here = cluster.node("alpha");
      TestNode there = cluster.node("beta");
      Path ticks = directory.resolve("ticks");
      Cluster.run(
          here,
          "small",
          directory,
          List.of("sh", "-c", "n=0; while :; do n=$((n+1)); echo $n > ticks; sleep 0.01; done"));
      Cluster.await("it ticks", () -> Files.exists(ticks));
      Inventory before = null;
      long end = System.nanoTime() + time.toNanos();
      for (int i = 0; i < WARM + moves; i++) {
        if (i >= WARM + FEWEST_MOVES && System.nanoTime() > end) {
          break;
        }
        if (i == WARM) {
          before = inventory(here, there);
        }
        Cluster.move(here, "small", there);
        TestNode swap = here;
        here = there;
        there = swap;
      }
      Inventory after = inventory(here, there);
      TestNode holder = here;
      assertThat(Cluster.process(holder, "small").state()).isEqualTo(ProcessView.State.RUNNING);
      String last = Files.readString(ticks);
      Cluster.await("it still ticks", () -> !last.equals(read(ticks)));
      Inventory first = Objects.requireNonNull(before);
      assertThat(after.processes())
          .as("processes")
          .isBetween(first.processes() - 2, first.processes() + 2);
      assertThat(after.descriptors())
          .as("descriptors")
          .isLessThanOrEqualTo(first.descriptors() + 4);
      assertThat(after.mounts()).as("mounts").isEqualTo(first.mounts());
      assertThat(after.namespaces()).as("namespaces").isLessThanOrEqualTo(first.namespaces() + 1);
      assertThat(after.cgroups()).as("cgroups").isEqualTo(first.cgroups());
      assertThat(after.residentMebibytes())
          .as("memory of the daemons in MiB")
          .isLessThan(first.residentMebibytes() + MEMORY_NOISE_MEBIBYTES);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Inventory inventory(TestNode one, TestNode other) {
    return Inventory.take(
        List.of(
            Objects.requireNonNull(one.daemon()).number(),
            Objects.requireNonNull(other.daemon()).number()));
  }
}
