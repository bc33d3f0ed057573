package io.godwit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.core.GodwitException;
import io.godwit.core.Pid;
import io.godwit.engine.kind.ExternalDescriptor;
import io.godwit.engine.pages.PageSource;
import io.godwit.engine.restore.RestoreOptions;
import io.godwit.image.PodImage;
import io.godwit.image.SysvObjects;
import io.godwit.linux.Descriptors;
import io.godwit.linux.Fd;
import io.godwit.linux.Tracer;
import io.godwit.linux.abi.FileAbi;
import io.godwit.linux.abi.NamespaceAbi;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program with System V objects moves from one IPC namespace into another, twice. */
@Timeout(120)
class SystemVTest {
  private static final int READY = 0;
  private static final int ENDED = 1;
  private static final int MOVED = 10;
  private static final int NOT_PERMITTED = 31;

  private final Engine engine = new Engine(StandardKinds.all());

  @TempDir Path directory;

  @Test
  void objectsAndWhoWaitsForThemAreTheSameAfterMoves() throws Exception {
    try (Victim victim = Victim.start(directory, "sysv", KindTest.source("sysv"))) {
      Victim.await(
          () -> victim.cell(READY) != 0 || victim.cell(ENDED) != 0 || !victim.isAlive(),
          () -> "the victim");
      assumeTrue(victim.cell(NOT_PERMITTED) == 0, "needs the right to make IPC namespaces");
      assertThat(victim.cell(ENDED)).as("line " + victim.cell(3)).isZero();
      Pid source = victim.pid();
      engine.inspect(List.of(source), KindMover.stdio(source)).throwIfRefused();
      try (FrozenPod undone = freeze(source)) {
        assertThat(undone.image().sysv().semaphoreSets()).hasSize(2);
      }
      try (Nest first = new Nest(NamespaceAbi.CLONE_NEWIPC);
          Nest second = new Nest(NamespaceAbi.CLONE_NEWIPC)) {
        source = move(source, first);
        move(source, second);
        victim.set(MOVED, 1);
        Victim.await(() -> victim.cell(ENDED) != 0, () -> "the checks");
        assertThat(victim.cell(ENDED))
            .withFailMessage(
                () ->
                    "line %d failed, errno %d, after %d checks"
                        .formatted(victim.cell(3), victim.cell(4), victim.cell(2)))
            .isEqualTo(1);
      }
    }
  }

  private FrozenPod freeze(Pid source) {
    Set<ExternalDescriptor> stdio = KindMover.stdio(source);
    return engine.freeze(List.of(source), stdio, Mover.around(source), PhaseListener.NONE);
  }

  /** Gives back its number there, for this process. */
  private Pid move(Pid source, Nest nest) {
    List<PageSource.Run> runs = new ArrayList<>();
    PodImage image;
    try (FrozenPod frozen = freeze(source)) {
      image = frozen.image();
      frozen.sendPages(
          (object, address, content) -> {
            ByteBuffer copy = ByteBuffer.allocateDirect(content.remaining());
            copy.put(content).flip();
            runs.add(new PageSource.Run(object, address, copy));
          });
      assertThat(adjustments(image)).containsExactlyInAnyOrder("0 2", "2 -1");
      assertThat(runs.stream().mapToLong(run -> run.content().remaining()).sum())
          .as("bytes, without those that nobody wrote")
          .isLessThan(16 << 20);
      frozen.kill();
    }
    Map<String, Fd> given = new HashMap<>();
    for (int fd = 0; fd < 3; fd++) {
      given.put("stdio" + fd, Descriptors.open("/dev/null", FileAbi.O_RDWR));
    }
    try (RebuiltPod pod =
        engine.rebuild(image, nest.options(given), nest.tracer(), PhaseListener.NONE)) {
      pod.make();
      Iterator<PageSource.Run> iterator = runs.iterator();
      pod.writePages(() -> iterator.hasNext() ? iterator.next() : null);
      pod.finish();
      pod.release();
      return pod.processes().getFirst().hostPid();
    } finally {
      given.values().forEach(Descriptors::close);
    }
  }

  private static List<String> adjustments(PodImage image) {
    return image.sysv().semaphoreSets().stream()
        .map(SysvObjects.SemaphoreSet::undo)
        .flatMap(List::stream)
        .map(undo -> undo.semaphore() + " " + undo.adjustment())
        .toList();
  }

  @Test
  void theyAreNotMadeInTheNamespaceOfTheMachine() throws Exception {
    try (Victim victim = Victim.start(directory, "sysv", KindTest.source("sysv"));
        Tracer tracer = Tracer.start()) {
      Victim.await(() -> victim.cell(READY) != 0 || victim.cell(ENDED) != 0, () -> "the victim");
      assumeTrue(victim.cell(NOT_PERMITTED) == 0, "needs the right to make IPC namespaces");
      try (FrozenPod frozen = freeze(victim.pid());
          RebuiltPod pod =
              engine.rebuild(frozen.image(), RestoreOptions.here(), tracer, PhaseListener.NONE)) {
        assertThatThrownBy(pod::make)
            .isInstanceOf(GodwitException.class)
            .hasMessageContaining("IPC namespace of their own");
      }
      victim.set(MOVED, 1);
      Victim.await(() -> victim.cell(ENDED) != 0, () -> "the checks of who never moved");
      assertThat(victim.cell(ENDED)).as("line " + victim.cell(3)).isEqualTo(1);
    }
  }
}
