package io.godwit.it.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.app.testbed.TestNode;
import io.godwit.core.ExitStatus;
import io.godwit.core.GodwitException;
import io.godwit.core.control.MigrationReport;
import io.godwit.core.control.ProcessExit;
import io.godwit.core.control.ProcessView;
import io.godwit.it.cluster.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each program of the corpus moves between two nodes while it runs, and ends as an unmoved run
 * does.
 */
class CorpusMoveTest {
  private static final int MOVES = 6;
  private static final int ATTEMPTS = 5;

  private static @Nullable Cluster cluster;

  static Stream<CorpusProgram> programs() {
    String only = System.getProperty("godwit.corpus", "");
    return Corpus.programs().stream().filter(program -> program.name().contains(only));
  }

  @BeforeAll
  static void startNodes() {
    cluster = Cluster.of("alpha", "beta");
  }

  @AfterAll
  static void stopNodes() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @ParameterizedTest
  @MethodSource("programs")
  void aMovedRunEndsAsAnUnmovedOne(CorpusProgram program, @TempDir Path directory)
      throws Exception {
    program.missing().ifPresent(name -> assumeTrue(false, name + " is not installed"));
    long start = System.nanoTime();
    String expected = unmoved(program, Files.createDirectory(directory.resolve("unmoved")));
    long nanos = System.nanoTime() - start;
    Path moved = Files.createDirectory(directory.resolve("moved"));
    program.inputs().makeIn(moved);
    List<MigrationReport> moves = moved(program, moved, nanos);
    assertThat(program.result().readFrom(moved)).isEqualTo(expected);
    assertThat(moves).hasSize(MOVES);
    System.out.printf(
        "%s: %d moves, freeze %s ms%n",
        program,
        moves.size(),
        moves.stream().map(m -> String.valueOf(m.freezeMicros() / 1000)).toList());
  }

  private static String unmoved(CorpusProgram program, Path directory)
      throws IOException, InterruptedException {
    program.inputs().makeIn(directory);
    Process process =
        new ProcessBuilder(program.command())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ends within two minutes").isTrue();
    assertThat(process.exitValue())
        .as("exit status; output: " + Files.readString(directory.resolve("output")))
        .isZero();
    return program.result().readFrom(directory);
  }

  /**
   * A refusal is no failure: a program that just starts a child, for instance, is told so and asked
   * again a little later. It goes on meanwhile.
   */
  private static MigrationReport move(TestNode from, String name, TestNode to) {
    for (int attempt = 1; ; attempt++) {
      try {
        return Cluster.move(from, name, to);
      } catch (GodwitException e) {
        if (e.code().exitStatus() != ExitStatus.REFUSED || attempt == ATTEMPTS) {
          throw e;
        }
        System.out.println(name + ", attempt " + attempt + ": " + e.getMessage());
      }
    }
  }

  /** What the program has written so far, as far as it wrote to a file of that name. */
  private static String output(Path directory) {
    try {
      return Files.readString(directory.resolve("output"));
    } catch (IOException none) {
      return "nothing";
    }
  }

  /** Moves it at even steps of the time that the unmoved run took. */
  private static List<MigrationReport> moved(CorpusProgram program, Path directory, long nanos) {
    Cluster nodes = java.util.Objects.requireNonNull(cluster);
    TestNode here = nodes.node("alpha");
    TestNode there = nodes.node("beta");
    String name = "corpus-" + program.name();
    Cluster.run(here, name, directory, program.command());
    List<MigrationReport> moves = new ArrayList<>();
    long next = System.nanoTime();
    for (int i = 0; i < MOVES; i++) {
      next += nanos / (MOVES + 3);
      LockSupport.parkNanos(next - System.nanoTime());
      ProcessView seen = Cluster.process(here, name);
      assertThat(seen.state())
          .as("before move %d of %s, which printed: %s", i + 1, seen, output(directory))
          .isEqualTo(ProcessView.State.RUNNING);
      moves.add(move(here, name, there));
      TestNode swap = here;
      here = there;
      there = swap;
    }
    ProcessExit exit = Cluster.await(nodes.node("alpha"), name);
    assertThat(exit).isEqualTo(new ProcessExit(0, 0, false));
    return moves;
  }
}
