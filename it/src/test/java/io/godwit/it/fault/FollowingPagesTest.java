package io.godwit.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.godwit.app.testbed.TestNode;
import io.godwit.core.control.Method;
import io.godwit.core.control.MigrateSpec;
import io.godwit.core.control.MoveWishes;
import io.godwit.core.control.ProcessView;
import io.godwit.it.cluster.Cluster;
import io.godwit.node.NodeError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of a program whose pages are still to follow it when somebody dies: it never reads
 * wrong data and never crashes. It goes on as soon as its pages can come again; until then it
 * waits, or stands still and is reported.
 */
class FollowingPagesTest {
  private static final int MEBIBYTES = 8;

  /** Where one dies after the other. */
  private static final int SOAK_MEBIBYTES = 64;

  /** Slow enough that pages which nobody touches are missing when the cable is cut. */
  private static final long BANDWIDTH = 2 << 20;

  private static @Nullable Cluster cluster;
  private static int programs;

  @TempDir Path directory;

  private Sweeper sweeper;
  private TestNode source;
  private TestNode destination;

  @BeforeAll
  static void startNodes() {
    Cluster.assumePossible();
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/gcc")), "needs a C compiler, /usr/bin/gcc");
    cluster = Cluster.of("alpha", "beta");
  }

  /** After a test that failed the others are to find all as it was. */
  @AfterEach
  void mend() {
    connected(true);
    for (TestNode node : Objects.requireNonNull(cluster).testbed().nodes()) {
      if (!node.running()) {
        node.start();
      }
      sweeper.end(node);
    }
  }

  @AfterAll
  static void stopNodes() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** A program runs at the destination, and the cable is out before all of its pages are there. */
  @BeforeEach
  void leavePages(TestInfo test) throws Exception {
    Cluster nodes = Objects.requireNonNull(cluster);
    source = nodes.node("alpha");
    destination = nodes.node("beta");
    nodes.awaitHeard();
    int mebibytes = test.getTags().contains("soak") ? SOAK_MEBIBYTES : MEBIBYTES;
    sweeper = Sweeper.start(source, "sweeper" + programs++, directory, mebibytes);
    sweeper.hold(true);
    Cluster.move(
        source,
        new MigrateSpec(
            sweeper.name(),
            destination.name().name(),
            "copy-on-reference",
            new MoveWishes(false, BANDWIDTH, 0)));
    connected(false);
    assertThat(residual()).as("bytes that had not come when the cable was cut").isPositive();
    sweeper.hold(false);
  }

  private void connected(boolean in) {
    Objects.requireNonNull(cluster).testbed().connected(destination.name(), in);
  }

  private String needed() {
    return sweeper.needed(destination);
  }

  private long residual() {
    String needed = needed();
    return needed.isEmpty() ? 0 : Long.parseLong(needed.split(" ", -1)[1]);
  }

  private void goesOnWithAllItsMemory() {
    Cluster.await("all its pages come, but: " + needed(), () -> needed().isEmpty());
    sweeper.awaitSweeps();
    sweeper.assertRight();
    assertThat(Cluster.process(destination, sweeper.name()).state())
        .isEqualTo(ProcessView.State.RUNNING);
    Cluster.await("nothing is left at its source", () -> source.cgroup(sweeper.name()) == null);
    // And it can move again.
    Objects.requireNonNull(cluster).awaitHeard();
    Cluster.move(destination, sweeper.name(), source, "eager");
    sweeper.awaitSweeps();
    sweeper.assertRight();
    kill(source);
  }

  private void kill(TestNode where) {
    JsonObject signal = new JsonObject();
    signal.addProperty("what", sweeper.name());
    signal.addProperty("signal", 9);
    Cluster.ask(where, Method.SIGNAL, signal);
    Cluster.await("it ends", () -> !where.runs(sweeper.name()));
  }

  @Test
  void theDestinationsDaemonDiesAndTakesUpTheRest() {
    destination.killDaemon();
    connected(true);
    destination.start();
    goesOnWithAllItsMemory();
  }

  @Test
  @Tag("soak")
  void theSourcesDaemonDiesAndItsFrozenCopyServesAgain() {
    source.killDaemon();
    connected(true);
    Objects.requireNonNull(cluster).restart(source);
    goesOnWithAllItsMemory();
  }

  @Test
  @Tag("soak")
  void bothDaemonsDie() {
    source.killDaemon();
    destination.killDaemon();
    connected(true);
    Objects.requireNonNull(cluster).restart(source);
    Objects.requireNonNull(cluster).restart(destination);
    goesOnWithAllItsMemory();
  }

  @Test
  @Tag("soak")
  void aDestinationWhoseDaemonDiesAgainAndAgain() {
    for (int i = 0; i < 3; i++) {
      destination.killDaemon();
      connected(true);
      Objects.requireNonNull(cluster).restart(destination);
      connected(i == 2);
    }
    goesOnWithAllItsMemory();
  }

  @Test
  @Tag("soak")
  void aSourceThatIsOutOfReachStopsItUntilItIsBack() {
    standsStillAndIsReported();
    connected(true);
    goesOnWithAllItsMemory();
  }

  @Test
  @Tag("soak")
  void aSourceThatIsLostStopsItForGood() throws IOException {
    Files.writeString(
        Objects.requireNonNull(source.cgroup(sweeper.name())).resolve("cgroup.kill"), "1");
    connected(true);
    standsStillAndIsReported();
    // The word of it survives a new daemon, and the program can be ended.
    destination.killDaemon();
    Objects.requireNonNull(cluster).restart(destination);
    standsStillAndIsReported();
    kill(destination);
  }

  private void standsStillAndIsReported() {
    Cluster.await(
        "it is reported that pages are out of reach",
        () -> needed().contains(NodeError.PAGES_LOST.code()));
    Cluster.await("it stands still", sweeper::stands);
    sweeper.assertRight();
  }
}
