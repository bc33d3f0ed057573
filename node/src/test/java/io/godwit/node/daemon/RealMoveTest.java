package io.godwit.node.daemon;

import static io.godwit.node.daemon.LocalDaemons.ROOT;
import static io.godwit.node.daemon.LocalDaemons.await;
import static io.godwit.node.daemon.LocalDaemons.couple;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.NodeId;
import io.godwit.core.control.ConsoleStream;
import io.godwit.core.control.MigrationReport;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.ProcessView;
import io.godwit.core.control.RunSpec;
import io.godwit.linux.Fd;
import io.godwit.linux.launch.FdCalls;
import io.godwit.node.StateDirectory;
import io.godwit.node.control.Attachment;
import io.godwit.node.control.ConsoleSink;
import io.godwit.node.pod.Pod;
import io.godwit.node.pod.PodEntry;
import io.godwit.node.pod.PodRoom;
import io.godwit.node.pod.PodSpec;
import io.godwit.node.pod.ProgramEnds;
import io.godwit.node.pod.TimeOffsets;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real program moves between two daemons of this machine. */
class RealMoveTest {
  private static final int SIGNALS = 10;
  private static final int SIGUSR1 = 10;

  @TempDir Path directory;

  @BeforeEach
  void needsRoot() throws Exception {
    LocalDaemons.assumePossible();
  }

  @Test
  void aShellCountsOnWhileItMovesBackAndForth() throws Exception {
    try (Daemon alpha = LocalDaemons.start(directory, "alpha");
        Daemon beta = LocalDaemons.start(directory, "beta")) {
      couple(alpha, beta);
      ProcessView shell =
          alpha
              .operations()
              .run(
                  ROOT,
                  shell(
                      "node-counter",
                      "i=0; while read line; do i=$((i+1)); echo $i $line $$; done; exit 7"));
      Sink sink = new Sink();
      List<MigrationReport> reports = new ArrayList<>();
      try (Attachment console = alpha.operations().attach(shell, true, sink)) {
        StringBuilder expected = new StringBuilder();
        for (int i = 1; i <= 6; i++) {
          console.input(ByteBuffer.wrap(("line" + i + "\n").getBytes(StandardCharsets.UTF_8)));
          expected.append(i).append(" line").append(i).append(" 2\n");
          String soFar = expected.toString();
          await("answer " + i + " in " + sink.text(), () -> sink.text().equals(soFar));
          NodeId to = new NodeId(i % 2 == 1 ? "beta" : "alpha");
          reports.add(
              alpha
                  .operations()
                  .migrate(alpha.operations().find("node-counter"), to, "", progress -> {}));
          await(
              "it is known at " + to,
              () -> alpha.operations().find("node-counter").node().equals(to.name()));
        }
        console.endOfInput();
        CompletableFuture<ProcessExit> end =
            CompletableFuture.supplyAsync(() -> exit(alpha, "node-counter"));
        assertThat(end.get(20, TimeUnit.SECONDS)).isEqualTo(new ProcessExit(7, 0, false));
      }
      assertThat(reports)
          .extracting(MigrationReport::epoch)
          .containsExactly(2L, 3L, 4L, 5L, 6L, 7L);
      // The state of a shell is some hundred kilobytes: more would be pages that nobody touched.
      assertThat(reports).allMatch(r -> r.bytes() > 0 && r.bytes() < 16 << 20);
    }
  }

  @Test
  void signalsSentWhileItMovesArrive() throws Exception {
    try (Daemon alpha = LocalDaemons.start(directory, "alpha");
        Daemon beta = LocalDaemons.start(directory, "beta")) {
      couple(alpha, beta);
      String script = "n=0; trap 'n=$((n+1)); echo $n' USR1; while :; do sleep 0.01; done";
      ProcessView listener = alpha.operations().run(ROOT, shell("listener", script));
      Sink sink = new Sink();
      AtomicBoolean enough = new AtomicBoolean();
      try (Attachment console = alpha.operations().attach(listener, true, sink)) {
        CompletableFuture<Integer> moves =
            CompletableFuture.supplyAsync(() -> shuttle(alpha, beta, "listener", enough));
        StringBuilder expected = new StringBuilder();
        for (int i = 1; i <= SIGNALS; i++) {
          alpha.operations().signal(alpha.operations().find("listener"), SIGUSR1);
          String soFar = expected.append(i).append('\n').toString();
          await("signal " + i + " arrives", () -> sink.text().equals(soFar));
        }
        enough.set(true);
        assertThat(moves.get(60, TimeUnit.SECONDS)).isPositive();
        alpha.operations().signal(alpha.operations().find("listener"), 9);
        console.endOfInput();
      }
    }
  }

  private static int shuttle(Daemon alpha, Daemon beta, String name, AtomicBoolean enough) {
    int moves = 0;
    while (!enough.get()) {
      try {
        move(alpha, name, moves % 2 == 0 ? beta : alpha);
      } catch (InterruptedException stopping) {
        throw new IllegalStateException(stopping);
      }
      moves++;
    }
    return moves;
  }

  private static RunSpec shell(String name, String script) {
    return LocalDaemons.program(name, "sh", "-c", script);
  }

  private static void move(Daemon asked, String name, Daemon to) throws InterruptedException {
    var _ = asked.operations().migrate(asked.operations().find(name), to.self(), "", p -> {});
    await(
        name + " is known at " + to.self(),
        () -> asked.operations().find(name).node().equals(to.self().name()));
  }

  private static void type(Attachment console, String text) throws java.io.IOException {
    console.input(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private long records(String node) {
    try (var files = Files.list(directory.resolve(node).resolve("journal"))) {
      return files.count();
    } catch (java.io.IOException gone) {
      throw new java.io.UncheckedIOException(gone);
    }
  }

  @Test
  void theConsoleOfAVisitorIsFoundAgainByTheNextDaemonAndTheJournalIsSwept() throws Exception {
    try (Daemon alpha = LocalDaemons.start(directory, "alpha")) {
      Sink sink = new Sink();
      Daemon beta = LocalDaemons.start(directory, "beta");
      try {
        couple(alpha, beta);
        ProcessView shell =
            alpha
                .operations()
                .run(ROOT, shell("away-echo", "while read line; do echo got $line; done; exit 5"));
        try (Attachment console = alpha.operations().attach(shell, true, sink)) {
          type(console, "one\n");
          await("one", () -> sink.text().equals("got one\n"));
          move(alpha, "away-echo", beta);
          type(console, "two\n");
          await("two in " + sink.text(), () -> sink.text().endsWith("got two\n"));
          beta.close();
          beta = LocalDaemons.start(directory, "beta");
          type(console, "three\n");
          await("three in " + sink.text(), () -> sink.text().endsWith("got two\ngot three\n"));
          await("alpha's journal is empty", () -> records("alpha") == 0);
          await("beta's journal is empty", () -> records("beta") == 0);
          console.endOfInput();
          CompletableFuture<ProcessExit> end =
              CompletableFuture.supplyAsync(() -> exit(alpha, "away-echo"));
          assertThat(end.get(20, TimeUnit.SECONDS)).isEqualTo(new ProcessExit(5, 0, false));
        }
      } finally {
        beta.close();
      }
    }
  }

  @Test
  void aPodThatWasBeingBuiltWhenTheDaemonDiedIsDiscarded() throws Exception {
    Path state = directory.resolve("alpha");
    assertThat(StateDirectory.open(state).root()).exists();
    try (PodRoom room = new PodRoom(state)) {
      Fd idle = PodEntry.idleProgram();
      Pod half =
          room.create(
              new PodSpec(
                  "away-half",
                  "host",
                  false,
                  new PodSpec.Console.Pipes(),
                  TimeOffsets.here(),
                  new PodSpec.Seed(idle, "seed", 2, Optional.empty(), 2)));
      half.programEnds().ifPresent(ProgramEnds::close);
      FdCalls.close(idle);
      Path init = Path.of("/proc/" + half.init());
      assertThat(init).exists();
      try (Daemon alpha = LocalDaemons.start(directory, "alpha")) {
        await("the half-built pod is gone", () -> !Files.exists(state.resolve("pods/away-half")));
        assertThat(init).doesNotExist();
        assertThat(alpha.operations().processes(false)).isEmpty();
      }
    }
  }

  private static ProcessExit exit(Daemon daemon, String name) {
    try {
      return daemon.operations().await(daemon.operations().find(name));
    } catch (InterruptedException stopping) {
      throw new IllegalStateException(stopping);
    }
  }

  static final class Sink implements ConsoleSink {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @Override
    public synchronized void output(ConsoleStream stream, ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      output.writeBytes(copy);
    }

    @Override
    public void exited(ProcessExit status) {}

    @Override
    public void end() {}

    synchronized String text() {
      return output.toString(StandardCharsets.UTF_8);
    }
  }
}
