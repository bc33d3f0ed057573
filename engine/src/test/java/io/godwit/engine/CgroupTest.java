package io.godwit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.engine.pages.PageSource;
import io.godwit.engine.restore.RestoreOptions;
import io.godwit.image.PodImage;
import io.godwit.linux.LinuxException;
import io.godwit.linux.Tracer;
import io.godwit.linux.cgroup.Cgroup;
import io.godwit.linux.proc.ProcFs;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that nobody traces any more stay where they are while their cgroup holds them. */
class CgroupTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String COUNTER =
      """
      int main(int argc, char **argv) {
        open_board(argv[1]);
        for (;;) { board[0]++; nap(1000000); }
      }
      """;

  @TempDir Path directory;
  private Cgroup group = new Cgroup("/none");

  @BeforeEach
  void makeGroup() {
    Cgroup root = Cgroup.root().orElse(null);
    Assumptions.assumeTrue(root != null, "no cgroup v2 is mounted");
    try {
      group = root.create("godwit-engine-test-" + ProcessHandle.current().pid());
    } catch (LinuxException e) {
      Assumptions.abort("no control group can be made: " + e.getMessage());
    }
  }

  @AfterEach
  void removeGroup() {
    if (group.exists()) {
      group.thaw();
      group.kill();
      group.awaitEmpty(LONG);
      group.remove();
    }
  }

  private FrozenPod freeze(Mover mover, Victim victim) {
    return mover
        .engine()
        .freeze(List.of(victim.pid()), Set.of(), Mover.around(victim.pid()), PhaseListener.NONE);
  }

  @Test
  void aSourceLeftToItsCgroupStandsStillUntilItIsThawed() throws Exception {
    try (Victim victim = Victim.start(directory, "held", COUNTER)) {
      victim.awaitCell(0, 10);
      group.add(victim.pid());
      freeze(new Mover(), victim).detachFrozen(Path.of(group.path()));
      assertThat(group.isFrozen()).isTrue();
      assertThat(ProcFs.host().process(victim.pid()).status().tracer()).isZero();
      long held = victim.cell(0);
      assertThat(group.isPopulated()).isTrue();
      assertThat(victim.cell(0)).isEqualTo(held);
      group.thaw();
      victim.awaitCell(0, held + 10);
    }
  }

  @Test
  void aSourceLeftToItsCgroupCanBeKilled() throws Exception {
    try (Victim victim = Victim.start(directory, "ended", COUNTER)) {
      victim.awaitCell(0, 10);
      group.add(victim.pid());
      freeze(new Mover(), victim).detachFrozen(Path.of(group.path()));
      group.kill();
      assertThat(victim.awaitEnd().exited()).isFalse();
      assertThat(group.awaitEmpty(LONG)).isTrue();
    }
  }

  @Test
  void aRebuiltProcessWaitsForTheThaw() throws Exception {
    Mover mover = new Mover();
    try (Victim victim = Victim.start(directory, "rebuilt", COUNTER)) {
      victim.awaitCell(0, 10);
      List<PageSource.Run> runs = new ArrayList<>();
      PodImage image;
      try (FrozenPod source = freeze(mover, victim)) {
        image = source.image();
        source.sendPages(
            (object, address, content) -> {
              ByteBuffer copy = ByteBuffer.allocateDirect(content.remaining());
              copy.put(content).flip();
              runs.add(new PageSource.Run(object, address, copy));
            });
        source.kill();
      }
      long before = victim.cell(0);
      try (Tracer tracer = Tracer.start();
          RebuiltPod pod =
              mover.engine().rebuild(image, RestoreOptions.here(), tracer, PhaseListener.NONE)) {
        pod.make();
        Iterator<PageSource.Run> iterator = runs.iterator();
        pod.writePages(() -> iterator.hasNext() ? iterator.next() : null);
        pod.finish();
        group.add(victim.pid());
        pod.detachFrozen(Path.of(group.path()));
      }
      assertThat(group.isFrozen()).isTrue();
      assertThat(ProcFs.host().process(victim.pid()).status().tracer()).isZero();
      assertThat(victim.cell(0)).isEqualTo(before);
      group.thaw();
      victim.awaitCell(0, before + 10);
    }
  }

  @Test
  void warmingUpLeavesNothingBehind() {
    int children = ProcFs.host().self().children().size();
    assertThat(new Engine(StandardKinds.all()).warmUp()).isTrue();
    assertThat(ProcFs.host().self().children()).hasSize(children);
  }
}
