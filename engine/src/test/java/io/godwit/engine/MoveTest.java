package io.godwit.engine;

import static org.assertj.core.api.Assertions.assertThat;

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
    try (Victim victim = Victim.start(directory, "counter", COUNTER)) {
      Mover mover = new Mover();
      victim.awaitCell(0, 10);
      for (int i = 0; i < 5; i++) {
        mover.move(victim.pid());
        long before = victim.cell(0);
        victim.awaitCell(0, before + 10);
        assertThat(victim.cell(1)).isEqualTo(victim.pid().number());
      }
    }
  }

  @Test
  void anUndoneFreezeIsNotNoticed() throws Exception {
    try (Victim victim = Victim.start(directory, "counter", COUNTER)) {
      Mover mover = new Mover();
      victim.awaitCell(0, 10);
      for (int i = 0; i < 5; i++) {
        mover
            .engine()
            .freeze(List.of(victim.pid()), Set.of(), Mover.around(victim.pid()), PhaseListener.NONE)
            .undo();
        long before = victim.cell(0);
        victim.awaitCell(0, before + 10);
      }
    }
  }
}
