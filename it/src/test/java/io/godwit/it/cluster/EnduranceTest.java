package io.godwit.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.app.testbed.TestNode;
import io.godwit.core.control.ProcessView;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One small process moves to and fro very often: it lives, and nothing is left behind. */
class EnduranceTest {
  /** Small heaps: what a daemon has beside its heap shows in its memory. */
  private static final List<String> JAVA = List.of("-Xmx64m");

  /** Threads and connections come and go with the idle times of their pools. */
  private static final int THREADS_NOISE = 16;

  private static final int DESCRIPTORS_NOISE = 4;

  @TempDir Path directory;

  @BeforeEach
  void root() {
    Cluster.assumePossible();
  }

  @Test
  void aFewMovesLeaveNothingBehind() {
    // Classes and heaps are still being filled, so memory tells little here, and in the soak much.
    moveAndCount(8, 24, 160);
  }

  @Test
  @Tag("soak")
  void aThousandMovesLeaveNothingBehind() {
    moveAndCount(200, 1000, 32);
  }

  /**
   * @param warm moves that load classes and fill caches; what is counted comes after them
   * @param noise by which the memory of the two daemons together may vary, MiB
   */
  private void moveAndCount(int warm, int moves, long noise) {
    try (Cluster cluster = Cluster.of(JAVA, "alpha", "beta")) {
      TestNode here = cluster.node("alpha");
      TestNode there = cluster.node("beta");
      List<TestNode> both = List.of(here, there);
      Heartbeat heart = Heartbeat.start(here, "small", directory);
      Inventory before = null;
      long began = System.nanoTime();
      for (int i = 0; i < warm + moves; i++) {
        if (i == warm) {
          before = settled(both, null);
          began = System.nanoTime();
        }
        if (i % 100 == 99) {
          System.out.println(i + 1 + " moves: " + Inventory.take(both));
        }
        Cluster.move(here, "small", there);
        TestNode swap = here;
        here = there;
        there = swap;
      }
      System.out.println(
          moves + " moves took " + (System.nanoTime() - began) / 1_000_000 / moves + " ms each");
      assertThat(Cluster.process(here, "small").state()).isEqualTo(ProcessView.State.RUNNING);
      heart.awaitBeats(10);
      heart.assertNeverLostNorDoubled();
      Inventory after = settled(both, before);
      System.out.println(moves + " moves, before: " + before);
      System.out.println(moves + " moves, after:  " + after);
      assertThat(flat(before, after)).as("%s -> %s", before, after).isTrue();
      assertThat(after.residentMebibytes())
          .as("memory of the daemons in MiB")
          .isLessThan(before.residentMebibytes() + noise);
    }
  }

  /** Waits until what is on its way has gone; gives up when it stays. */
  private static Inventory settled(List<TestNode> nodes, Inventory before) {
    Inventory[] last = {Inventory.take(nodes)};
    try {
      Cluster.await(
          "steady",
          () -> {
            Inventory now = Inventory.take(nodes);
            boolean steady = flat(before == null ? last[0] : before, now);
            last[0] = now;
            return steady;
          });
    } catch (AssertionError stays) {
      return last[0];
    }
    return last[0];
  }

  private static boolean flat(Inventory before, Inventory after) {
    // The shell has its child, or is between two of them.
    return Math.abs(after.processes() - before.processes()) <= 1
        && after.threads() <= before.threads() + THREADS_NOISE
        && after.descriptors() <= before.descriptors() + DESCRIPTORS_NOISE
        && after.mounts() == before.mounts()
        && after.namespaces() == before.namespaces()
        && after.cgroups() == before.cgroups()
        && after.files() <= before.files() + 4;
  }
}
