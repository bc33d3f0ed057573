package io.godwit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.Pid;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Signals;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.ProcFs;
import io.godwit.linux.proc.TaskState;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MoveTest {
  private static final int LOOKS = 8;

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

  @Test
  void aStoppedProcessIsStillStoppedAndGoesOnWhenContinued() throws Exception {
    try (Victim victim = Victim.start(directory, "counter", COUNTER)) {
      victim.awaitCell(0, 10);
      Kernel.call(Syscall.KILL, victim.pid().number(), Signals.SIGSTOP);
      Victim.await(() -> state(victim) == TaskState.STOPPED, () -> "state " + state(victim));
      Mover mover = new Mover();
      mover
          .engine()
          .freeze(List.of(victim.pid()), Set.of(), Mover.around(victim.pid()), PhaseListener.NONE)
          .undo();
      Victim.await(() -> state(victim) == TaskState.STOPPED, () -> "undone " + state(victim));
      mover.move(victim.pid());
      Victim.await(() -> state(victim) == TaskState.STOPPED, () -> "moved " + state(victim));
      long before = victim.cell(0);
      Kernel.call(Syscall.KILL, victim.pid().number(), Signals.SIGCONT);
      victim.awaitCell(0, before + 10);
    }
  }

  private static TaskState state(Victim victim) {
    return ProcFs.host().process(victim.pid()).stat().state();
  }

  @Test
  void nothingIsLeftInThisProcess() throws Exception {
    try (Victim victim = Victim.start(directory, "counter", COUNTER)) {
      Mover mover = new Mover();
      victim.awaitCell(0, 10);
      mover.move(victim.pid());
      mover.move(victim.pid());
      int descriptors = ProcFs.host().self().descriptors().size();
      Set<Pid> children = children();
      children.add(victim.pid());
      for (int i = 0; i < 10; i++) {
        mover.move(victim.pid());
      }
      assertThat(ProcFs.host().self().descriptors()).hasSize(descriptors);
      // Children of earlier tests may end meanwhile; no new one may stay, and the victim does.
      assertThat(children()).isSubsetOf(children);
      Victim.await(
          () -> ProcFs.host().self().children().contains(victim.pid()), () -> "the victim is gone");
    }
  }

  /** A list of children during which one ends may leave another out (proc_pid_task(5)). */
  private static Set<Pid> children() {
    Set<Pid> found = new HashSet<>();
    for (int look = 0; look < LOOKS; look++) {
      found.addAll(ProcFs.host().self().children());
    }
    return found;
  }
}
