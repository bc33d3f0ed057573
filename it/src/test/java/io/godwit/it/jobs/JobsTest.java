package io.godwit.it.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.app.testbed.TestNode;
import io.godwit.core.control.JobAction;
import io.godwit.core.control.JobView;
import io.godwit.core.control.QueueView;
import io.godwit.core.control.RunSpec;
import io.godwit.it.cluster.Cluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Batch work on two real nodes. */
@Timeout(180)
class JobsTest {
  private static Cluster cluster;
  @TempDir private Path directory;

  @BeforeAll
  static void begin() {
    Cluster.assumePossible();
    cluster = Cluster.of(JobsTest::start, "alpha", "beta");
  }

  private static void start(TestNode node) {
    node.start(
        List.of(),
        """

        [cluster]
        profile = "steady"
        cores = %d

        [queue.default]
        [queue.narrow]
        priority = 7
        queue-jobs = 1
        [queue.never]
        hours = ["mon 0:00-0:01", "mon 0:02-0:03"]
        """
            .formatted(node.name().name().equals("alpha") ? 1 : 3));
  }

  @AfterAll
  static void end() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private Desk desk() {
    return new Desk(cluster.node("alpha"), directory);
  }

  @Test
  void anArrayRunsWithinTheLimitsAndItsExitsAreRemembered() throws Exception {
    Desk desk = desk();
    String script = "echo $GODWIT_JOB_INDEX > made-$GODWIT_JOB_INDEX; exit $GODWIT_JOB_INDEX";
    List<JobView> jobs = desk.submit(desk.spec("sweep", null, "", 1, 4, 0, script));
    assertThat(jobs).hasSize(4);
    String number = jobs.getFirst().id().replaceAll("\\[.*", "");
    assertThat(jobs.get(2).id()).isEqualTo(number + "[3]");
    assertThat(jobs.get(2).name()).isEqualTo("sweep-3");
    for (JobView job : jobs) {
      JobView over = desk.awaitOver(job.id());
      int index = Integer.parseInt(job.name().substring("sweep-".length()));
      assertThat(over.state()).isEqualTo(JobView.State.FAILED);
      assertThat(over.exit().status()).isEqualTo(index);
      assertThat(Files.readString(directory.resolve("made-" + index))).isEqualTo(index + "\n");
    }
    String csv = desk.godwit("history", "--csv", number);
    assertThat(csv.lines()).hasSize(5);
    assertThat(csv.lines().toList().getFirst()).startsWith("job,name,queue,user,state,exit_status");
    assertThat(csv).contains(number + "[3],sweep-3,default,root,failed,3,0,");
    assertThat(desk.godwit("history", "--json", number)).contains("\"submittedMillis\"");
  }

  @Test
  void aResourceExpressionDecidesWhereAJobStarts() {
    Desk desk = desk();
    Cluster.await(
        "alpha knows beta's load",
        () -> desk.godwit("nodes").lines().noneMatch(l -> l.contains("?")));
    desk.submit(desk.spec("wide", null, "select[ncpus > 2 && x86_64]", 0, 0, 0, "sleep 60"));
    JobView wide =
        desk.await(
            "wide",
            "runs on beta",
            job ->
                job.node().equals("beta")
                    && job.why().isEmpty()
                    && Cluster.processes(cluster.node("alpha")).stream()
                        .anyMatch(p -> p.name().equals("wide") && p.node().equals("beta")));
    assertThat(wide.state()).isEqualTo(JobView.State.RUNNING);
    desk.act("wide", JobAction.CANCEL);
    assertThat(desk.awaitOver("wide").exit().signal()).isEqualTo(9);
    desk.submit(desk.spec("gpu", null, "select[gpu]", 0, 0, 0, "true"));
    JobView gpu =
        desk.await("gpu", "tells why it waits", job -> job.why().contains("does not satisfy"));
    assertThat(gpu.why()).contains("alpha").contains("beta").contains("select[gpu]");
    assertThat(gpu.state()).isEqualTo(JobView.State.PENDING);
    desk.act("gpu", JobAction.CANCEL);
    assertThat(desk.job("gpu").state()).isEqualTo(JobView.State.CANCELLED);
    assertThatThrownBy(
            () -> desk.submit(desk.spec("bad", null, "select[mem >= 2X]", 0, 0, 0, "true")))
        .hasMessageContaining("'X' is not a unit")
        .hasMessageContaining("^");
  }

  @Test
  void queuesHoldTheirLimitsAndTheirHours() {
    Desk desk = desk();
    desk.submit(
        desk.spec("first", "narrow", "", 0, 0, 0, "while [ ! -e go ]; do sleep 0.05; done"));
    desk.submit(desk.spec("second", "narrow", "", 0, 0, 0, "true"));
    desk.await("first", "runs", job -> job.state() == JobView.State.RUNNING);
    JobView waits = desk.await("second", "tells why it waits", job -> !job.why().isEmpty());
    assertThat(waits.why()).isEqualTo("queue narrow has 1 jobs running, its limit");
    QueueView narrow =
        desk.queues().stream().filter(q -> q.name().equals("narrow")).findFirst().orElseThrow();
    assertThat(narrow.priority()).isEqualTo(7);
    assertThat(narrow.pending()).isEqualTo(1);
    assertThat(narrow.running()).isEqualTo(1);
    assertThat(desk.godwit("queues")).contains("narrow").contains("never");
    directory.resolve("go").toFile().mkdir();
    assertThat(desk.awaitOver("first").state()).isEqualTo(JobView.State.DONE);
    assertThat(desk.awaitOver("second").state()).isEqualTo(JobView.State.DONE);
    assertThatThrownBy(() -> desk.submit(desk.spec("x", "fast", "", 0, 0, 0, "true")))
        .hasMessageContaining("no such queue");
  }

  @Test
  void aHeldJobStartsWhenItIsReleasedAndARunningOneIsStopped() throws Exception {
    Desk desk = desk();
    desk.submit(desk.spec("blocker", "narrow", "", 0, 0, 0, "sleep 60"));
    desk.submit(desk.spec("waiting", "narrow", "", 0, 0, 0, "true"));
    desk.await("blocker", "runs", job -> job.state() == JobView.State.RUNNING);
    desk.act("waiting", JobAction.HOLD);
    desk.act("blocker", JobAction.CANCEL);
    desk.awaitOver("blocker");
    JobView counter =
        desk.submit("counter", "i=0; while :; do i=$((i+1)); echo $i > tick; sleep 0.02; done", 0);
    Path tick = directory.resolve("tick");
    Cluster.await("it ticks", () -> Files.exists(tick));
    // Whatever ran before it has run by now: the held one has not.
    assertThat(desk.job("waiting").state()).isEqualTo(JobView.State.HELD);
    desk.await("counter", "has settled", job -> job.state() == JobView.State.RUNNING);
    Cluster.await("it can be stopped", () -> stopped(desk, counter.id()));
    String stopped = Files.readString(tick);
    desk.submit("clock", "sleep 0.3", 0);
    desk.awaitOver("clock");
    assertThat(Files.readString(tick)).isEqualTo(stopped);
    desk.act(counter.id(), JobAction.RELEASE);
    Cluster.await("it goes on", () -> !read(tick).equals(stopped));
    desk.act(counter.id(), JobAction.CANCEL);
    desk.awaitOver(counter.id());
    desk.act("waiting", JobAction.RELEASE);
    assertThat(desk.awaitOver("waiting").state()).isEqualTo(JobView.State.DONE);
  }

  private static boolean stopped(Desk desk, String job) {
    desk.act(job, JobAction.HOLD);
    return desk.job(job).state() == JobView.State.SUSPENDED;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void jobsSurviveTheirDaemon() {
    Desk desk = desk();
    desk.submit("survivor", "echo begun; while [ ! -e on ]; do sleep 0.05; done; echo printed", 0);
    desk.submit(desk.spec("night", "never", "", 0, 0, 0, "true"));
    desk.await("survivor", "runs", job -> job.state() == JobView.State.RUNNING);
    Cluster.await("it has begun", () -> desk.output("survivor").equals("begun\n"));
    TestNode alpha = cluster.node("alpha");
    alpha.killDaemon();
    cluster.restart(alpha);
    assertThat(desk.job("night").state()).isEqualTo(JobView.State.PENDING);
    desk.await("survivor", "runs", job -> job.state() == JobView.State.RUNNING);
    directory.resolve("on").toFile().mkdir();
    assertThat(desk.awaitOver("survivor").state()).isEqualTo(JobView.State.DONE);
    assertThat(desk.output("survivor")).isEqualTo("begun\nprinted\n");
    desk.await("night", "tells why it waits", job -> job.why().contains("at this hour"));
    desk.act("night", JobAction.CANCEL);
    assertThatThrownBy(() -> desk.act("night", JobAction.HOLD)).hasMessageContaining("cancelled");
  }

  @Test
  void aProgramThatIsNotThereFailsAndIsNotTriedAgain() {
    Desk desk = desk();
    JobView job = desk.submit(withProgram(desk, "/nowhere/to/be/found")).getFirst();
    JobView over = desk.awaitOver(job.id());
    assertThat(over.exit().status()).isEqualTo(127);
    assertThat(over.why()).contains("/nowhere/to/be/found");
  }

  private static io.godwit.core.control.JobSpec withProgram(Desk desk, String program) {
    var usual = desk.spec("missing", null, "", 0, 0, 0, "true");
    var run = usual.program();
    return new io.godwit.core.control.JobSpec(
        RunSpec.unattended(run.name(), List.of(program), run.environment(), run.workingDirectory()),
        null,
        "",
        0,
        0,
        0);
  }
}
