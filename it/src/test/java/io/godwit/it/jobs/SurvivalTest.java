package io.godwit.it.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.app.testbed.TestNode;
import io.godwit.core.NodeId;
import io.godwit.core.control.JobAction;
import io.godwit.core.control.JobView;
import io.godwit.it.cluster.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs whose nodes die or are cut off. Each counts on its standard output and in a file; whatever
 * happened, both hold each number once.
 */
@Tag("soak")
@Timeout(400)
class SurvivalTest {
  private static final int NUMBERS = 150;
  private static final String COUNT =
      "exec 3> counted; i=0; while [ $i -lt "
          + NUMBERS
          + " ]; do i=$((i+1)); echo $i; echo $i >&3; sleep 0.1; done";

  @TempDir private Path directory;
  private Cluster cluster;

  @BeforeEach
  void begin() {
    Cluster.assumePossible();
    cluster = Cluster.of(this::start, "alpha", "beta", "gamma");
  }

  private void start(TestNode node) {
    node.start(
        List.of(),
        """

        [cluster]
        profile = "none"

        [jobs]
        checkpoints = "%s"
        lease-seconds = 3
        """
            .formatted(directory.resolve("shared")));
  }

  @AfterEach
  void end() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static String numbers() {
    return IntStream.rangeClosed(1, NUMBERS)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** A job that counts on another node, and has a checkpoint from there. */
  private Desk counting(String on) {
    Desk desk = new Desk(cluster.node("alpha"), directory);
    JobView job = desk.submit("count", COUNT, 2);
    desk.await(job.id(), "runs", each -> each.state() == JobView.State.RUNNING);
    Cluster.await("it counts", () -> !desk.output("count").isEmpty());
    Cluster.move(cluster.node("alpha"), "count", cluster.node(on));
    long moved = System.currentTimeMillis();
    desk.await(
        job.id(),
        "has a checkpoint of node " + on,
        each -> each.node().equals(on) && each.checkpointMillis() > moved);
    return desk;
  }

  private void assertRight(Desk desk) throws IOException {
    JobView over = desk.awaitOver("count");
    assertThat(over.exit().status()).isZero();
    assertThat(over.state()).isEqualTo(JobView.State.DONE);
    assertThat(desk.output("count")).isEqualTo(numbers());
    assertThat(Files.readString(directory.resolve("counted"))).isEqualTo(numbers());
    Cluster.await(
        "no checkpoint is left", () -> !Files.exists(directory.resolve("shared/alpha/1")));
  }

  @Test
  void aJobWhoseNodeIsKilledGoesOnFromItsCheckpoint() throws Exception {
    Desk desk = counting("beta");
    cluster.node("beta").pod().kill();
    desk.await("count", "is missed", job -> job.state() == JobView.State.LOST);
    JobView restarted = desk.await("count", "is restarted", job -> job.restarts() == 1);
    assertThat(restarted.node()).isEqualTo("alpha");
    Cluster.move(cluster.node("alpha"), "count", cluster.node("gamma"));
    assertRight(desk);
    assertThat(desk.job("count").restarts()).isEqualTo(1);
  }

  @Test
  void aJobThatIsCutOffStandsStillBeforeItIsRestarted() throws Exception {
    Desk desk = counting("beta");
    TestNode beta = cluster.node("beta");
    cluster.testbed().connected(new NodeId("beta"), false);
    Cluster.await("beta freezes it", () -> !beta.runs("count"));
    assertThat(desk.job("count").restarts()).isZero();
    assertThat(beta.cgroup("count")).isNotNull();
    desk.await("count", "is restarted", job -> job.restarts() == 1);
    assertThat(beta.runs("count")).isFalse();
    cluster.testbed().connected(new NodeId("beta"), true);
    Cluster.await("beta kills what is left of it", () -> beta.cgroup("count") == null);
    assertRight(desk);
    assertThat(desk.job("count").restarts()).isEqualTo(1);
  }

  @Test
  void aHomeThatIsSilentForAWhileStopsAJobAndDoesNotLoseIt() throws Exception {
    Desk desk = counting("beta");
    TestNode beta = cluster.node("beta");
    cluster.node("alpha").killDaemon();
    Cluster.await("beta freezes it", () -> !beta.runs("count"));
    cluster.restart(cluster.node("alpha"));
    Cluster.await("it goes on", () -> beta.runs("count"));
    assertRight(desk);
    assertThat(desk.job("count").restarts()).isZero();
  }

  @Test
  void aDaemonThatDiesDoesNotLetItsJobRunOnBeyondTheLease() throws Exception {
    Desk desk = counting("beta");
    TestNode beta = cluster.node("beta");
    beta.killDaemon();
    Cluster.await("the guard freezes it", () -> !beta.runs("count"));
    desk.await("count", "is restarted", job -> job.restarts() == 1);
    cluster.restart(beta);
    Cluster.await("beta kills what is left of it", () -> beta.cgroup("count") == null);
    assertRight(desk);
  }

  @Test
  void aJobThatIsCancelledWhileItsNodeIsSilentIsNotRestarted() {
    Desk desk = counting("beta");
    cluster.testbed().connected(new NodeId("beta"), false);
    desk.await("count", "is missed", job -> job.state() == JobView.State.LOST);
    desk.act("count", JobAction.CANCEL);
    assertThat(desk.awaitOver("count").state()).isEqualTo(JobView.State.FAILED);
    cluster.testbed().connected(new NodeId("beta"), true);
    Cluster.await("beta kills it", () -> cluster.node("beta").cgroup("count") == null);
  }
}
