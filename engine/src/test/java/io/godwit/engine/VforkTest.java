package io.godwit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.Pid;
import io.godwit.engine.kind.ExternalDescriptor;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program most of whose time is spent in vfork(2), where it cannot be stopped. */
class VforkTest {
  private static final String STARTER =
      """
      int main(int argc, char **argv) {
        open_board(argv[1]);
        for (;;) {
          pid_t child = vfork();
          if (child < 0) _exit(1);
          if (!child) { nap(30000000); execl("/bin/true", "true", (char *)0); _exit(2); }
          int status;
          while (waitpid(child, &status, 0) < 0) if (errno != EINTR) _exit(3);
          if (status) board[1]++;
          board[0]++;
        }
      }
      """;

  @TempDir Path directory;

  @Test
  void aProgramInVforkIsNeitherRefusedNorDisturbed() throws Exception {
    Engine engine = new Engine(StandardKinds.all());
    try (Victim victim = Victim.start(directory, "starter", STARTER)) {
      victim.awaitCell(0, 2);
      for (int i = 0; i < 12; i++) {
        List<Pid> root = List.of(victim.pid());
        Set<ExternalDescriptor> stdio = KindMover.stdio(victim.pid());
        engine.inspect(root, stdio).throwIfRefused();
        long before = victim.cell(0);
        FrozenPod pod = engine.freeze(root, stdio, Mover.around(victim.pid()), (p, n, b) -> {});
        pod.undo();
        victim.awaitCell(0, before + 1);
      }
      assertThat(victim.cell(1)).as("children that failed").isZero();
    }
  }
}
