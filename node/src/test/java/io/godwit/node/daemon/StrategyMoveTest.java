package io.godwit.node.daemon;

import static io.godwit.node.daemon.LocalDaemons.couple;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.control.MigrationReport;
import io.godwit.node.migration.TransferStrategy;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A program that writes its memory continuously and verifies it moves between two daemons. */
class StrategyMoveTest {
  /** Cells of the board: 0 steps, 1 errors, 2 where, 3 forks. */
  private static final String CHECKER =
      """
      #define _GNU_SOURCE
      #include <fcntl.h>
      #include <pthread.h>
      #include <stdint.h>
      #include <stdlib.h>
      #include <string.h>
      #include <sys/mman.h>
      #include <sys/wait.h>
      #include <time.h>
      #include <unistd.h>
      enum { THREADS = 3, REGIONS = 10, PAGES = 128, WORDS = 512 };
      static volatile int64_t *board;
      struct region { uint64_t *base, id; int pages; uint32_t version[PAGES]; };
      static _Atomic uint64_t ids = 1;
      struct work { uint64_t random; struct region regions[REGIONS]; };
      static uint64_t next(struct work *w) {
        w->random ^= w->random << 13; w->random ^= w->random >> 7; w->random ^= w->random << 17;
        return w->random;
      }
      static uint64_t word(uint64_t id, uint64_t page, uint64_t version, uint64_t i) {
        if (!version) return 0;
        uint64_t x = id * 0x9E3779B97F4A7C15u ^ page * 0xD6E8FEB86659FD93u
            ^ version * 0xC2B2AE3D27D4EB4Fu ^ i * 0x165667B19E3779F9u;
        x ^= x >> 29; x *= 0xBF58476D1CE4E5B9u; return x ^ x >> 32;
      }
      static void fill(struct region *r, int page) {
        uint64_t *p = r->base + page * WORDS; uint32_t v = ++r->version[page];
        for (int i = 0; i < WORDS; i++) p[i] = word(r->id, page, v, i);
      }
      static int check(struct region *r, int page) {
        uint64_t *p = r->base + page * WORDS;
        for (int i = 0; i < WORDS; i++)
          if (p[i] != word(r->id, page, r->version[page], i)) {
            __atomic_add_fetch(&board[1], 1, __ATOMIC_SEQ_CST);
            board[2] = (int64_t)(p + i);
            return 0;
          }
        return 1;
      }
      static void fresh(struct work *w, struct region *r) {
        r->pages = 1 + next(w) % PAGES; r->id = ids++;
        r->base = mmap(0, r->pages * 4096L, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (r->base == MAP_FAILED) _exit(97);
        memset(r->version, 0, sizeof r->version);
      }
      static void resize(struct work *w, struct region *r) {
        int pages = 1 + next(w) % PAGES;
        void *to = mremap(r->base, r->pages * 4096L, pages * 4096L, MREMAP_MAYMOVE);
        if (to == MAP_FAILED) _exit(96);
        r->base = to;
        for (int p = pages; p < r->pages; p++) r->version[p] = 0;
        r->pages = pages;
      }
      static void drop(struct work *w, struct region *r) {
        int from = next(w) % r->pages, count = 1 + next(w) % (r->pages - from);
        madvise(r->base + from * WORDS, count * 4096L, MADV_DONTNEED);
        memset(r->version + from, 0, count * sizeof r->version[0]);
      }
      static void descend(struct work *w) {
        pid_t child = fork();
        if (child < 0) _exit(95);
        if (!child) {
          for (int i = 0; i < REGIONS; i++)
            for (int p = 0; p < w->regions[i].pages; p++)
              if (!check(&w->regions[i], p)) _exit(3);
          _exit(0);
        }
        int status;
        while (waitpid(child, &status, 0) < 0) ;
        if (status) { board[1]++; board[2] = status; }
        board[3]++;
      }
      static void *work(void *argument) {
        struct work *w = argument;
        for (int i = 0; i < REGIONS; i++) fresh(w, &w->regions[i]);
        for (;;) {
          struct region *r = &w->regions[next(w) % REGIONS];
          int what = next(w) % 1000;
          if (what < 500) fill(r, next(w) % r->pages);
          else if (what < 950) check(r, next(w) % r->pages);
          else if (what < 960) { munmap(r->base, r->pages * 4096L); fresh(w, r); }
          else if (what < 970) resize(w, r);
          else if (what < 980) drop(w, r);
          else if (what < 982 && FORKS) descend(w);
          else { struct timespec t = {0, 50000}; nanosleep(&t, 0); }
          __atomic_add_fetch(&board[0], 1, __ATOMIC_RELAXED);
        }
        return 0;
      }
      int main(int argc, char **argv) {
        int fd = open(argv[1], O_RDWR);
        board = mmap(0, 4096, 3, MAP_SHARED, fd, 0);
        static struct work works[THREADS];
        for (int i = 0; i < (FORKS ? 1 : THREADS); i++) {
          works[i].random = 88172645463325252u + i * 7919;
          if (i) { pthread_t t; pthread_create(&t, 0, work, &works[i]); }
        }
        work(&works[0]);
      }
      """;

  private static final int MOVES = 6;

  @TempDir Path directory;

  @BeforeEach
  void needsRootAndCompiler() throws Exception {
    BoardProgram.assumePossible();
  }

  private void moveBackAndForth(TransferStrategy strategy, boolean forks) throws Exception {
    try (Daemon alpha = LocalDaemons.start(directory, "alpha");
        Daemon beta = LocalDaemons.start(directory, "beta")) {
      couple(alpha, beta);
      Path program =
          BoardProgram.compile(directory, "checker", CHECKER, "-DFORKS=" + (forks ? 1 : 0));
      BoardProgram checker = BoardProgram.run(alpha, program, 2000);
      for (int i = 0; i < MOVES; i++) {
        MigrationReport report = checker.move(i % 2 == 0 ? beta : alpha, strategy.title(), 3000);
        assertThat(report.strategy()).isEqualTo(strategy.title());
        assertThat(report.remark()).isEmpty();
      }
      checker.end();
    }
  }

  @ParameterizedTest
  @EnumSource(TransferStrategy.class)
  void memoryOfSeveralThreadsIsRightAfterEachMove(TransferStrategy strategy) throws Exception {
    moveBackAndForth(strategy, false);
  }

  @ParameterizedTest
  @EnumSource(TransferStrategy.class)
  void memoryIsRightInChildrenForkedMeanwhile(TransferStrategy strategy) throws Exception {
    moveBackAndForth(strategy, true);
  }
}
