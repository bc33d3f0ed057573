package io.godwit.it.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.godwit.app.testbed.TestNode;
import io.godwit.core.NodeId;
import io.godwit.core.control.JobView;
import io.godwit.core.control.Method;
import io.godwit.core.control.ProcessView;
import io.godwit.core.control.RegistryView;
import io.godwit.it.cluster.Cluster;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three daemons that keep a registry, one of which dies or is cut off. */
@Timeout(200)
class RegistryTest {
  private static final List<String> SLEEP = List.of("sleep", "1000");

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

        [registry]
        voters = ["alpha", "beta", "gamma"]

        [jobs]
        checkpoints = "%s"
        lease-seconds = 2
        """
            .formatted(directory.resolve("shared")));
  }

  @AfterEach
  void end() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static RegistryView registry(TestNode node) {
    return RegistryView.of(
        Cluster.ask(node, Method.NODES, new JsonObject()).getAsJsonObject("registry"));
  }

  private void awaitMajority() {
    cluster.testbed().nodes().stream()
        .filter(TestNode::running)
        .forEach(
            node -> Cluster.await(node.name() + " is in time", () -> registry(node).majority()));
  }

  private static ProcessView.State state(TestNode asked, String name) {
    return Cluster.processes(asked).stream()
        .filter(each -> each.name().equals(name))
        .map(ProcessView::state)
        .findFirst()
        .orElse(ProcessView.State.LOST);
  }

  private Desk jobOn(String node) {
    Desk desk = new Desk(cluster.node("alpha"), directory);
    awaitMajority();
    JobView job = desk.submit("count", "while :; do echo on; sleep 0.1; done", 2);
    desk.await(job.id(), "runs", each -> each.state() == JobView.State.RUNNING);
    Cluster.await("it writes", () -> !desk.output("count").isEmpty());
    Cluster.move(cluster.node("alpha"), "count", cluster.node(node));
    long moved = System.currentTimeMillis();
    desk.await(
        job.id(),
        "has a checkpoint of node " + node,
        each -> each.node().equals(node) && each.checkpointMillis() > moved);
    return desk;
  }

  @Test
  @Tag("soak")
  void aHomeInTheMinorityRestartsNothing() {
    Desk desk = jobOn("beta");
    TestNode beta = cluster.node("beta");
    Cluster.await("the registry has it", () -> registry(beta).processes() == 1);
    cluster.testbed().connected(new NodeId("alpha"), false);
    JobView refused =
        desk.await("count", "is not restarted", job -> job.why().contains("no majority"));
    assertThat(refused.state()).isEqualTo(JobView.State.LOST);
    assertThat(refused.restarts()).isZero();
    assertThat(cluster.node("alpha").runs("count")).isFalse();
    Cluster.await("the minority says so", () -> !registry(cluster.node("alpha")).majority());
    assertThat(desk.godwit("nodes")).contains("no majority here");
    cluster.testbed().connected(new NodeId("alpha"), true);
    Cluster.await("it goes on where it was", () -> beta.runs("count"));
    desk.await("count", "runs again", job -> job.state() == JobView.State.RUNNING);
    assertThat(desk.job("count").restarts()).isZero();
    assertThat(cluster.node("alpha").cgroup("count")).isNull();
  }

  @Test
  @Tag("soak")
  void aProcessOfASilentHomeIsFoundByTheRegistry() {
    TestNode alpha = cluster.node("alpha");
    TestNode gamma = cluster.node("gamma");
    var _ = Cluster.run(alpha, "stays", directory, SLEEP);
    awaitMajority();
    Cluster.await("the registry has it", () -> registry(gamma).processes() == 1);
    alpha.killDaemon();
    Cluster.await("gamma tells of it", () -> state(gamma, "stays") == ProcessView.State.UNHEARD);
    ProcessView found = Cluster.process(gamma, "stays");
    assertThat(found.node()).isEqualTo("alpha");
    assertThat(found.home()).isEqualTo("alpha");
    assertThat(found.command()).isEqualTo("sleep 1000");
    assertThat(alpha.runs("stays")).isTrue();
    Desk desk = new Desk(gamma, directory);
    assertThat(desk.godwit("ps")).contains("unheard");
    Cluster.await(
        "the other two go on",
        () -> registry(gamma).majority() && !registry(gamma).leader().equals("alpha"));
    assertThat(desk.godwit("nodes")).contains("leads; this node is with the majority");
  }

  @Test
  @Tag("soak")
  void aHomeInTheMajorityRestartsWhatACutOffNodeHeld() {
    Desk desk = jobOn("beta");
    cluster.testbed().connected(new NodeId("beta"), false);
    desk.await("count", "is restarted", job -> job.restarts() == 1);
    assertThat(cluster.node("beta").runs("count")).isFalse();
    cluster.testbed().connected(new NodeId("beta"), true);
    Cluster.await("beta kills what is left", () -> cluster.node("beta").cgroup("count") == null);
    awaitMajority();
    assertThat(cluster.node("alpha").runs("count")).isTrue();
  }
}
