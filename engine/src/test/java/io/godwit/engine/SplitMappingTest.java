package io.godwit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A mapping that stands split by mprotect(2) or madvise(2) when it is moved is one again, as in a
 * program that was never moved, when the program undoes what has split it; mremap(2) then takes all
 * of it.
 */
class SplitMappingTest {
  /** Cells: 0 ready, 1 the end, 2 faults found, 10 go on, 16 to 31 mappings of each region. */
  private static final String PROGRAM =
      """
      #include <sys/prctl.h>
      enum { PAGE = 4096, PAGES = 9, CASES = 9 };
      static char *regions[CASES];
      static int filled(int what, int page) {
        if (what == 1) return page == 0 || page == PAGES - 1;
        if (what == 2) return page == 4;
        return what != 6;
      }
      /* With room around it, so that no neighbour joins it. */
      static char *make(int what) {
        char *room = mmap(0, 4 * PAGES * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        munmap(room, 4 * PAGES * PAGE);
        int file = -1, flags = MAP_PRIVATE | MAP_FIXED;
        if (what == 4) file = open("/proc/self/exe", O_RDONLY); else flags |= MAP_ANONYMOUS;
        if (what == 5) flags |= MAP_NORESERVE;
        char *at = mmap(room + PAGES * PAGE, what == 4 ? 3 * PAGE : PAGES * PAGE,
            PROT_READ | PROT_WRITE, flags, file, 0);
        if (at == MAP_FAILED) _exit(98);
        if (file >= 0) close(file);
        return at;
      }
      static int size(int what) { return what == 4 ? 3 : PAGES; }
      static void split(int what, int away) {
        char *from = regions[what] + size(what) / 3 * PAGE; long length = size(what) / 3 * PAGE;
        int other = what == 1 || what == 5 ? PROT_NONE : PROT_READ, failed = 0;
        switch (what) {
          case 3: failed = madvise(from, length, away ? MADV_DONTDUMP : MADV_DODUMP); break;
          case 7: failed = madvise(from, length, away ? MADV_DONTFORK : MADV_DOFORK); break;
          default: failed = mprotect(from, length, away ? other : PROT_READ | PROT_WRITE);
        }
        if (failed) _exit(97);
      }
      static int mappings(char *from, long length) {
        FILE *maps = fopen("/proc/self/maps", "r"); char line[512]; int found = 0;
        while (fgets(line, sizeof line, maps)) {
          unsigned long start, end;
          if (sscanf(line, "%lx-%lx", &start, &end) == 2 && start < (unsigned long)from + length
              && end > (unsigned long)from) found++;
        }
        fclose(maps);
        return found;
      }
      static void look(int what) {
        char *at = regions[what]; long length = size(what) * PAGE;
        split(what, 0);
        board[16 + what] = mappings(at, length);
        char *moved = mremap(at, length, 2 * length, MREMAP_MAYMOVE);
        if (moved == MAP_FAILED) { board[2] |= 1 << what; return; }
        for (int p = 0; p < size(what); p++) {
          char expected = filled(what, p) ? 'a' + p : 0;
          if (moved[p * PAGE] != expected) board[2] |= 1 << what;
        }
      }
      int main(int argc, char **argv) {
        open_board(argv[1]);
        for (int i = 0; i < CASES; i++) {
          regions[i] = make(i);
          for (int p = 0; p < size(i); p++) if (filled(i, p)) regions[i][p * PAGE] = 'a' + p;
          if (i != 8) split(i, 1);
        }
        pid_t child = fork();
        if (child == 0) { /* what was shared with the parent is split in the child */
          regions[8][2 * PAGE] = 'c';
          split(8, 1);
          board[0]++;
          while (!board[10]) nap(1000000);
          look(8);
          _exit(0);
        }
        while (!board[0]) nap(1000000);
        board[0]++;
        while (!board[10]) nap(1000000);
        for (int i = 0; i < 8; i++) look(i);
        int status;
        waitpid(child, &status, 0);
        board[1] = 1;
        for (;;) pause();
      }
      """;

  @TempDir Path directory;

  private static void check(Victim victim) {
    victim.set(10, 1);
    Victim.await(() -> victim.cell(1) == 1, () -> "the program's checks");
    for (int region = 0; region < 9; region++) {
      assertThat(victim.cell(16 + region)).as("mappings of region " + region).isEqualTo(1);
    }
    assertThat(victim.cell(2)).as("regions that mremap or their contents fail").isZero();
  }

  @Test
  void areOneAgainWithoutAMove() throws Exception {
    try (Victim victim = Victim.start(directory, "split", PROGRAM)) {
      victim.awaitCell(0, 2);
      check(victim);
    }
  }

  @ParameterizedTest
  @EnumSource(Carrier.Strategy.class)
  void areOneAgainAfterMoves(Carrier.Strategy strategy) throws Exception {
    try (Victim victim = Victim.start(directory, "split", PROGRAM);
        Carrier carrier = new Carrier(victim.pid())) {
      victim.awaitCell(0, 2);
      carrier.move(strategy);
      carrier.move(strategy);
      check(victim);
    }
  }
}
