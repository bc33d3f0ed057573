package io.godwit.node.daemon;

import static io.godwit.node.daemon.LocalDaemons.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.control.MigrationReport;
import io.godwit.node.migration.TransferStrategy;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A program that returns to a node that it left brings only what has changed since. */
class VisitMoveTest {
  private static final int PAGES = 4096;
  private static final long MEMORY = PAGES * 4096L;

  /**
   * Each page holds words that tell its version. Cells of the board: 3 a wish to change so many
   * pages here and there, 4 a wish to check all pages.
   */
  private static final String PROGRAM =
      """
      #include <fcntl.h>
      #include <stdint.h>
      #include <stdlib.h>
      #include <sys/mman.h>
      #include <time.h>
      #include <unistd.h>
      enum { WORDS = 512 };
      static volatile int64_t *board;
      static uint64_t *base;
      static uint32_t *version;
      static uint64_t x = 88172645463325252u;
      static uint64_t next(void) { x ^= x << 13; x ^= x >> 7; x ^= x << 17; return x; }
      static uint64_t word(uint64_t page, uint64_t i) {
        uint64_t w = version[page] * 0x9E3779B97F4A7C15u ^ page * 0xD6E8FEB86659FD93u ^ i;
        return w ^ w >> 29;
      }
      static void fill(uint64_t page) {
        version[page]++;
        for (int i = 0; i < WORDS; i++) base[page * WORDS + i] = word(page, i);
      }
      static void check(uint64_t page) {
        for (int i = 0; i < WORDS; i++)
          if (base[page * WORDS + i] != word(page, i)) { board[1]++; board[2] = page; return; }
      }
      int main(int argc, char **argv) {
        int fd = open(argv[1], O_RDWR);
        board = mmap(0, 4096, 3, MAP_SHARED, fd, 0);
        base = mmap(0, PAGES * 4096L, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        version = calloc(PAGES, sizeof *version);
        for (uint64_t p = 0; p < PAGES; p++) fill(p);
        for (;;) {
          for (; board[3] > 0; board[3]--) fill(next() % PAGES);
          if (board[4]) { for (uint64_t p = 0; p < PAGES; p++) check(p); board[4] = 0; }
          check(next() % PAGES);
          struct timespec t = {0, 100000}; nanosleep(&t, 0);
          board[0]++;
        }
      }
      """;

  @TempDir Path directory;

  @BeforeEach
  void needsRootAndCompiler() throws Exception {
    BoardProgram.assumePossible();
  }

  private BoardProgram run(Daemon daemon) throws Exception {
    Path program = BoardProgram.compile(directory, "visitor", PROGRAM, "-DPAGES=" + PAGES);
    return BoardProgram.run(daemon, program, 10);
  }

  private static void change(BoardProgram visitor, int percent) {
    visitor.set(3, (long) PAGES * percent / 100);
    await("pages are changed", () -> visitor.cell(3) == 0);
  }

  private static MigrationReport move(BoardProgram visitor, Daemon to, TransferStrategy strategy)
      throws InterruptedException {
    MigrationReport report = visitor.move(to, strategy.title(), 10);
    visitor.set(4, 1);
    await("it has looked at all of its memory", () -> visitor.cell(4) == 0);
    visitor.assertNoErrors("at " + to.self() + " under " + strategy);
    return report;
  }

  @ParameterizedTest
  @EnumSource(names = {"PRECOPY", "EAGER_DIRTY", "HYBRID"})
  void aSecondVisitMovesWhatHasChanged(TransferStrategy strategy) throws Exception {
    try (Daemon alpha = LocalDaemons.start(directory, "alpha");
        Daemon beta = LocalDaemons.start(directory, "beta")) {
      LocalDaemons.couple(alpha, beta);
      BoardProgram visitor = run(alpha);
      MigrationReport first = move(visitor, beta, strategy);
      assertThat(first.bytes()).isGreaterThan(MEMORY);
      assertThat(first.heldBytes()).isZero();
      for (Daemon to : new Daemon[] {alpha, beta}) {
        await("a copy is kept", () -> to.kept().count() == 1);
        assertThat(to.kept().bytes()).isGreaterThanOrEqualTo(MEMORY);
        change(visitor, 5);
        MigrationReport again = move(visitor, to, strategy);
        assertThat(again.bytes()).isLessThan(first.bytes() / 10);
        assertThat(again.heldBytes()).isGreaterThan(MEMORY / 100 * 94);
        assertThat(to.kept().bytes()).as("kept of what is back").isZero();
      }
      visitor.end();
    }
  }

  @Test
  void eagerMovesAllOfIt() throws Exception {
    try (Daemon alpha = LocalDaemons.start(directory, "alpha");
        Daemon beta = LocalDaemons.start(directory, "beta")) {
      LocalDaemons.couple(alpha, beta);
      BoardProgram visitor = run(alpha);
      move(visitor, beta, TransferStrategy.EAGER);
      await("a copy is kept", () -> alpha.kept().count() == 1);
      MigrationReport back = move(visitor, alpha, TransferStrategy.EAGER);
      assertThat(back.heldBytes()).isZero();
      assertThat(back.bytes()).isGreaterThan(MEMORY);
      visitor.end();
    }
  }
}
