package io.godwit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.engine.freeze.Freezer;
import io.godwit.engine.freeze.FrozenTree;
import io.godwit.linux.Tracer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MoveTest {
  private static final String COUNTER =
      """
      int main(int argc, char **argv) {
        open_board(argv[1]);
        for (;;) { board[0]++; board[1] = getpid(); nap(1000000); }
      }
      """;

  @TempDir Path directory;

  @Test
  void aCounterGoesOnAfterBeingKilledAndRebuilt() throws Exception {
    try (Victim victim = Victim.start(directory, "counter", COUNTER);
        Tracer tracer = Tracer.start()) {
      victim.awaitCell(0, 10);
      for (int i = 0; i < 5; i++) {
        Mover.move(tracer, victim.pid());
        long before = victim.cell(0);
        victim.awaitCell(0, before + 10);
        assertThat(victim.cell(1)).isEqualTo(victim.pid().number());
      }
    }
  }

  @Test
  void anUndoneFreezeIsNotNoticed() throws Exception {
    try (Victim victim = Victim.start(directory, "counter", COUNTER);
        Tracer tracer = Tracer.start()) {
      victim.awaitCell(0, 10);
      for (int i = 0; i < 5; i++) {
        tracer.run(
            () -> {
              FrozenTree tree = Freezer.freeze(tracer, List.of(victim.pid()), Set.of());
              tree.processes().getFirst().injector();
              tree.undo();
            });
        long before = victim.cell(0);
        victim.awaitCell(0, before + 10);
      }
    }
  }
}
