package io.godwit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.AddressRange;
import io.godwit.core.Pid;
import io.godwit.engine.freeze.FrozenThread;
import io.godwit.linux.proc.MemoryMapping;
import io.godwit.linux.proc.ProcFs;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that does little but read its clock, and so stands in the vDSO most of the time. */
class VdsoTest {
  private static final int FREEZES = 40;

  private static final String READER =
      """
      static void trapped(int signal) { board[3]++; }
      int main(int argc, char **argv) {
        open_board(argv[1]);
        signal(SIGTRAP, trapped);
        for (int64_t last = now();;) {
          int64_t t = now();
          if (t < last) board[1]++;
          last = t;
          board[0]++;
          struct sigaction action;
          sigaction(SIGTRAP, 0, &action);
          board[2] = action.sa_handler == trapped;
          for (int i = 0; i < 1000; i++) { t = now(); if (t < last) board[1]++; last = t; }
        }
      }
      """;

  @TempDir Path directory;

  @Test
  void noThreadIsFrozenInTheMiddleOfReadingAClock() throws Exception {
    Engine engine = new Engine(StandardKinds.all());
    try (Victim victim = Victim.start(directory, "reader", READER)) {
      victim.awaitCell(0, 2);
      Pid pid = victim.pid();
      AddressRange vdso =
          ProcFs.host().process(pid).maps().stream()
              .filter(MemoryMapping::isVdso)
              .findFirst()
              .orElseThrow()
              .range();
      for (int i = 0; i < FREEZES; i++) {
        long before = victim.cell(0);
        FrozenPod pod =
            engine.freeze(
                List.of(pid), KindMover.stdio(pid), Mover.around(pid), PhaseListener.NONE);
        FrozenThread thread = pod.tree().processes().getFirst().threads().getFirst();
        assertThat(vdso.contains(thread.registers().instructionPointer())).isFalse();
        assertThat(thread.signalMask()).isZero();
        pod.undo();
        victim.awaitCell(0, before + 1);
      }
      assertThat(victim.cell(1)).as("times that its clock went back").isZero();
      assertThat(victim.cell(2)).as("its handler").isEqualTo(1);
      assertThat(victim.cell(3)).as("signals that nobody sent").isZero();
    }
  }
}
