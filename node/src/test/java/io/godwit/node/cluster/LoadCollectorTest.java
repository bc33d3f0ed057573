package io.godwit.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.NodeId;
import io.godwit.policy.load.NodeLoad;
import io.godwit.policy.load.ProcessLoad;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The collector over a made /proc whose counters are known. */
class LoadCollectorTest {
  private static final long SECOND = 1_000_000_000L;
  private static final NodeId SELF = new NodeId("self");
  private static final NodeId HOME = new NodeId("home");

  @TempDir private Path proc;
  private LoadCollector collector;

  @BeforeEach
  void make() throws Exception {
    Files.writeString(
        proc.resolve("meminfo"),
        """
        MemTotal: 9000 kB
        MemFree: 1000 kB
        MemAvailable:  2048 kB
        SwapTotal: 2000 kB
        SwapFree: 1024 kB
        """);
    Files.writeString(proc.resolve("stat"), "cpu  100 0 0 100 0 0 0 0 0 0\n");
    collector = new LoadCollector(SELF, 2, Set.of("x86_64"), new ProcFiles(proc));
  }

  private void task(int pid, long runNanos, long waitNanos, long cpuTicks) throws Exception {
    Path task = proc.resolve(pid + "/task/" + pid);
    Files.createDirectories(task);
    Files.writeString(task.resolve("schedstat"), runNanos + " " + waitNanos + " 1\n");
    String fields = "S 1 1 1 0 0 0 0 0 0 0 " + cpuTicks + " 0 0 0 20 0 1" + " 0".repeat(33);
    Files.writeString(proc.resolve(pid + "/stat"), pid + " (a b) " + fields + "\n");
    Files.writeString(proc.resolve(pid + "/statm"), "500 300 100 1 0 1 0\n");
  }

  private static ResidentPod pod(String name, NodeId home, boolean moved, int pid) {
    return new ResidentPod(name, home, "ann", "/bin/job -x", moved, false, List.of(pid));
  }

  @Test
  void whatWaitsForAProcessorCountsLikeWhatRuns() throws Exception {
    List<ResidentPod> pods = List.of(pod("one", SELF, false, 11), pod("two", HOME, true, 12));
    for (int second = 0; second <= 20; second++) {
      // The first gets a quarter of a processor and wants a whole one; the second sleeps.
      task(11, second * SECOND / 4, second * 3L * SECOND / 4, second * 25L);
      task(12, 0, 1, 0);
      collector.look(pods, second * SECOND);
    }
    NodeLoad load = collector.load(name -> true, true, Long.MAX_VALUE);
    assertThat(load.runQueue()).isBetween(0.95, 1.05);
    assertThat(load.foreign()).isEqualTo(1);
    assertThat(load.memoryFreeBytes()).isEqualTo(2048 << 10);
    assertThat(collector.load(name -> !name.equals("one"), true, 0).runQueue()).isLessThan(0.05);
    ProcessLoad one = collector.process("one", true, 20 * SECOND);
    assertThat(one.ageNanos()).isEqualTo(5 * SECOND);
    assertThat(one.memoryBytes()).isEqualTo(200 * 4096);
    assertThat(one.name()).isEqualTo("job");
    assertThat(one.residencyNanos()).isEqualTo(20 * SECOND);
  }

  @Test
  void aNewProgramCountsAtOnce() throws Exception {
    task(11, 0, 0, 0);
    collector.look(List.of(pod("new", SELF, false, 11)), SECOND);
    assertThat(collector.load(name -> true, true, 0).runQueue()).isEqualTo(1.0);
  }

  @Test
  void whatCameBringsItsAgeAndMovesAlong() throws Exception {
    task(11, 0, 0, 100);
    collector.expect("guest", 30 * SECOND, 2);
    collector.look(List.of(pod("guest", HOME, true, 11)), SECOND);
    ProcessLoad guest = collector.process("guest", true, SECOND);
    assertThat(guest.ageNanos()).isEqualTo(31 * SECOND);
    assertThat(guest.moves()).isEqualTo(2);
    collector.look(List.of(pod("guest", HOME, true, 11)), 120 * SECOND);
    assertThat(collector.process("guest", true, 120 * SECOND).moves()).as("long ago").isZero();
  }

  @Test
  void aMoveByItsUserIsRespected() throws Exception {
    task(11, 0, 0, 0);
    collector.look(List.of(pod("moved", HOME, true, 11)), SECOND);
    ProcessLoad moved = collector.process("moved", true, 50 * SECOND);
    assertThat(moved.moves()).isEqualTo(1);
    assertThat(moved.residencyNanos()).isZero();
  }
}
