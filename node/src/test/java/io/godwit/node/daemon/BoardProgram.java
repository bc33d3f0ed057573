package io.godwit.node.daemon;

import static io.godwit.node.daemon.LocalDaemons.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.control.MigrationReport;
import io.godwit.core.control.ProcessView;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A program that runs in a pod and tells how it goes in the cells of a shared file, 8 bytes each:
 * cell 0 counts its steps, cell 1 its errors, cell 2 says where.
 */
final class BoardProgram {
  private static final int BYTES = 4096;

  private final Daemon home;
  private final String name;
  private final MappedByteBuffer cells;

  private BoardProgram(Daemon home, String name, MappedByteBuffer cells) {
    this.home = home;
    this.name = name;
    this.cells = cells;
  }

  /** Skips the test where it cannot be made or run. */
  static void assumePossible() throws IOException {
    LocalDaemons.assumePossible();
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/gcc")), "needs a C compiler, /usr/bin/gcc");
  }

  /** Compiles a program. */
  static Path compile(Path directory, String name, String text, String... options)
      throws Exception {
    Path source = Files.writeString(directory.resolve(name + ".c"), text);
    Path program = directory.resolve(name);
    List<String> command = new ArrayList<>(List.of("gcc", "-O1", "-pthread"));
    command.addAll(List.of(options));
    command.addAll(List.of("-o", program.toString(), source.toString()));
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    assertThat(status).isZero();
    return program;
  }

  /**
   * Runs a program and waits until it has made some steps.
   *
   * @param arguments after the first, which is the path of the board
   */
  static BoardProgram run(Daemon home, Path program, long steps, String... arguments)
      throws IOException {
    String name = String.valueOf(program.getFileName());
    Path board = Files.write(program.resolveSibling(name + ".board"), new byte[BYTES]);
    MappedByteBuffer cells;
    try (RandomAccessFile random = new RandomAccessFile(board.toFile(), "rw")) {
      cells = random.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, BYTES);
    }
    cells.order(ByteOrder.nativeOrder());
    List<String> command = new ArrayList<>(List.of(program.toString(), board.toString()));
    command.addAll(List.of(arguments));
    var _ =
        home.operations()
            .run(LocalDaemons.ROOT, LocalDaemons.program(name, command.toArray(String[]::new)));
    BoardProgram made = new BoardProgram(home, name, cells);
    made.awaitSteps("it works", steps);
    return made;
  }

  long cell(int number) {
    return cells.getLong(number * Long.BYTES);
  }

  void set(int number, long value) {
    cells.putLong(number * Long.BYTES, value);
  }

  /** Waits until it has made so many more steps than now. */
  void awaitSteps(String what, long more) {
    long before = cell(0);
    await(what, () -> cell(0) > before + more);
  }

  ProcessView view() {
    return home.operations().find(name);
  }

  /** Moves it, sees it make so many steps there, without errors, and known there at home. */
  MigrationReport move(Daemon to, String strategy, long steps) throws InterruptedException {
    MigrationReport report = home.operations().migrate(view(), to.self(), strategy, progress -> {});
    awaitSteps("it goes on at " + to.self() + " under " + strategy, steps);
    assertNoErrors("at " + to.self() + " under " + strategy);
    await("it is known at " + to.self(), () -> view().node().equals(to.self().name()));
    return report;
  }

  void assertNoErrors(String when) {
    assertThat(List.of(cell(1), cell(2))).as("errors, where, %s", when).containsExactly(0L, 0L);
  }

  /** Kills it. */
  void end() {
    home.operations().signal(view(), 9);
    await("it ends", () -> view().state() == ProcessView.State.EXITED);
  }
}
