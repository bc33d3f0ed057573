package io.godwit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.Pid;
import io.godwit.engine.pages.PageSource;
import io.godwit.engine.restore.RestoreOptions;
import io.godwit.image.PodImage;
import io.godwit.linux.Injector;
import io.godwit.linux.RemoteMemory;
import io.godwit.linux.Stub;
import io.godwit.linux.SyscallBatch;
import io.godwit.linux.Tracee;
import io.godwit.linux.Tracer;
import io.godwit.linux.abi.Kernel;
import io.godwit.linux.abi.Signals;
import io.godwit.linux.abi.Syscall;
import io.godwit.linux.proc.ProcFs;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodParentTest {
  private static final long CLONE_NEWPID = 0x20000000L;

  @TempDir Path directory;

  @Test
  void aTreeMovesBelowTheInitOfAnotherPidNamespaceUnderItsOldNumbers() throws Exception {
    String program =
        """
        static void *work(void *arg) {
          for (;;) { board[4]++; board[5] = syscall(SYS_gettid); nap(1000000); }
        }
        int main(int argc, char **argv) {
          open_board(argv[1]);
          pthread_t t;
          pthread_create(&t, 0, work, 0);
          pid_t child = fork();
          if (!child) for (;;) { board[2]++; board[3] = getppid(); nap(1000000); }
          for (;;) { board[0]++; board[1] = getpid(); board[6] = getppid(); nap(1000000); }
        }
        """;
    Mover mover = new Mover();
    try (Victim victim = Victim.start(directory, "podded", program);
        Tracer tracer = Tracer.start()) {
      victim.awaitCell(2, 3);
      victim.awaitCell(4, 3);
      List<PageSource.Run> runs = new ArrayList<>();
      PodImage image;
      try (FrozenPod source =
          mover
              .engine()
              .freeze(
                  List.of(victim.pid()),
                  Set.of(),
                  Mover.around(victim.pid()),
                  PhaseListener.NONE)) {
        image = source.image();
        source.sendPages(
            (object, address, content) -> {
              ByteBuffer copy = ByteBuffer.allocateDirect(content.remaining());
              copy.put(content).flip();
              runs.add(new PageSource.Run(object, address, copy));
            });
        // Undone, not killed: in another namespace the same numbers are free.
      }
      long thread = victim.cell(5);
      Init init = tracer.call(() -> Init.start(tracer));
      try (RebuiltPod pod =
          mover
              .engine()
              .rebuild(
                  image,
                  new RestoreOptions(
                      Optional.of(new RestoreOptions.Parent(init.injector)),
                      Path.of("/"),
                      java.util.Map.of()),
                  tracer,
                  PhaseListener.NONE)) {
        pod.make();
        Iterator<PageSource.Run> iterator = runs.iterator();
        pod.writePages(() -> iterator.hasNext() ? iterator.next() : null);
        pod.finish();
        Pid copy = pod.processes().getFirst().hostPid();
        assertThat(copy).isNotEqualTo(victim.pid());
        Kernel.call(Syscall.KILL, victim.pid().number(), Signals.SIGSTOP);
        victim.set(6, -1);
        pod.release();
        Victim.await(() -> victim.cell(6) == 1, () -> "parent " + victim.cell(6));
        assertThat(victim.cell(1)).isEqualTo(victim.pid().number());
        assertThat(victim.cell(5)).isEqualTo(thread);
        assertThat(ProcFs.host().process(copy).status().processIds().getLast())
            .isEqualTo(victim.pid().number());
      } finally {
        tracer.run(init::end);
      }
    }
  }

  /** A stub that is the init of its own PID namespace. */
  private record Init(Stub maker, Tracee tracee, Injector injector, Pid hostPid) {
    static Init start(Tracer tracer) {
      Stub maker = Stub.start(tracer);
      SyscallBatch batch = maker.injector().batch();
      batch.add(Syscall.UNSHARE, CLONE_NEWPID);
      long[] arguments = new long[11];
      arguments[0] = 0x2000; // CLONE_PTRACE
      arguments[4] = Signals.SIGCHLD;
      batch.add(Syscall.CLONE3, batch.words(arguments), 88);
      maker.injector().run(batch);
      Pid child = ProcFs.host().process(maker.pid()).children().getFirst();
      Tracee tracee = tracer.adopt(child.mainThread());
      tracee.await(5_000_000_000L);
      return new Init(
          maker, tracee, Injector.over(tracee, RemoteMemory.of(child), maker.scratch()), child);
    }

    void end() {
      Kernel.call(Syscall.KILL, hostPid.number(), Signals.SIGKILL);
      maker.close();
    }
  }
}
