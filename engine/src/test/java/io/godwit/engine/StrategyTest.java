package io.godwit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Programs that write their own pattern and verify it are moved while they do so. */
class StrategyTest {
  private static final long SEED = 20_260_511L;

  /**
   * Cells of the board: 0 steps, 1 errors, 2 and 3 where, 4 forks, 5 longest gap; 6 is set while it
   * shall do little else than change its mappings.
   */
  private static final String MODEL =
      """
      #include <sys/wait.h>
      enum { REGIONS = 12, PAGES = 64, WORDS = 512 };
      struct region { uint64_t *base; uint64_t id; int pages; uint32_t version[PAGES]; };
      static _Atomic uint64_t ids = 1;
      struct work { int number; uint64_t random; struct region regions[REGIONS]; };
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
            board[2] = (int64_t)(p + i); board[3] = r->version[page];
            return 0;
          }
        return 1;
      }
      static void fresh(struct work *w, struct region *r) {
        r->pages = 1 + next(w) % PAGES; r->id = ids++;
        r->base = mmap(0, r->pages * 4096L, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
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
      static void away(struct work *w, struct region *r) {
        /* To another address, so that stale pages would show. */
        void *to = mmap(0, r->pages * 4096L, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (to == MAP_FAILED) _exit(95);
        to = mremap(r->base, r->pages * 4096L, r->pages * 4096L, MREMAP_MAYMOVE | MREMAP_FIXED, to);
        if (to == MAP_FAILED) _exit(94);
        r->base = to;
      }
      static void guard(struct work *w, struct region *r) {
        int from = next(w) % r->pages, count = 1 + next(w) % (r->pages - from);
        /* Guarded before anything was written, parts would differ with or without a move. */
        fill(r, from);
        mprotect(r->base + from * WORDS, count * 4096L, PROT_READ);
        check(r, from);
        mprotect(r->base + from * WORDS, count * 4096L, PROT_READ | PROT_WRITE);
      }
      static void descend(struct work *w) {
        pid_t child = fork();
        if (child < 0) _exit(93);
        if (!child) {
          for (int i = 0; i < REGIONS; i++)
            for (int p = 0; p < w->regions[i].pages; p++)
              if (!check(&w->regions[i], p)) _exit(3);
          _exit(0);
        }
        int status;
        while (waitpid(child, &status, 0) < 0) if (errno != EINTR) _exit(92);
        if (status) { board[1]++; board[3] = status; }
        board[4]++;
      }
      static void *work(void *argument) {
        struct work *w = argument;
        for (int i = 0; i < REGIONS; i++) fresh(w, &w->regions[i]);
        for (;;) {
          struct region *r = &w->regions[next(w) % REGIONS];
          int what = next(w) % 1000;
          if (board[6])
            what = what < 600 ? 940 : what < 750 ? 920 : what < 800 ? 900 : what < 830 ? 955
                : what < 840 ? 500 : what < 843 ? 985 : what < 860 ? 990 : 940;
          if (what < 500) fill(r, next(w) % r->pages);
          else if (what < 900) check(r, next(w) % r->pages);
          else if (what < 920) { munmap(r->base, r->pages * 4096L); fresh(w, r); }
          else if (what < 940) resize(w, r);
          else if (what < 955) away(w, r);
          else if (what < 975) drop(w, r);
          else if (what < 985) { if (GUARDS) guard(w, r); }
          else if (what < 987 && FORKS) descend(w);
          else nap(20000);
          __atomic_add_fetch(&board[0], 1, __ATOMIC_RELAXED);
        }
        return 0;
      }
      int main(int argc, char **argv) {
        open_board(argv[1]);
        static struct work works[THREADS];
        for (int i = 0; i < THREADS; i++) {
          works[i].number = i; works[i].random = SEED + i * 7919;
          if (i) { pthread_t t; pthread_create(&t, 0, work, &works[i]); }
        }
        work(&works[0]);
      }
      """;

  @TempDir Path directory;

  private void moveModel(Carrier.Strategy strategy, int threads, boolean forks, int moves)
      throws Exception {
    moveModel(strategy, threads, forks, moves, false);
  }

  private void moveModel(
      Carrier.Strategy strategy, int threads, boolean forks, int moves, boolean guards)
      throws Exception {
    String name = "model";
    try (Victim victim =
            Victim.start(
                directory,
                name,
                MODEL,
                "-DTHREADS=" + threads,
                "-DFORKS=" + (forks ? 1 : 0),
                "-DGUARDS=" + (guards ? 1 : 0),
                "-DSEED=" + SEED + "ull");
        Carrier carrier = new Carrier(victim.pid())) {
      victim.awaitCell(0, 2000);
      Random random = new Random(SEED);
      for (int i = 0; i < moves; i++) {
        long before = victim.cell(0);
        carrier.move(strategy);
        victim.awaitCell(0, before + 500 + random.nextInt(1000));
        assertThat(List.of(victim.cell(1), victim.cell(2), victim.cell(3)))
            .as("errors, where, version after move %d", i + 1)
            .containsExactly(0L, 0L, 0L);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Carrier.Strategy.class)
  void memoryIsRightAfterMovesOfOneThread(Carrier.Strategy strategy) throws Exception {
    moveModel(strategy, 1, false, 6);
  }

  @ParameterizedTest
  @EnumSource(Carrier.Strategy.class)
  void memoryIsRightAfterMovesOfSeveralThreads(Carrier.Strategy strategy) throws Exception {
    moveModel(strategy, 4, false, 6);
  }

  @ParameterizedTest
  @EnumSource(Carrier.Strategy.class)
  void memoryIsRightInChildrenForkedMeanwhile(Carrier.Strategy strategy) throws Exception {
    moveModel(strategy, 1, true, 6);
  }

  @ParameterizedTest
  @EnumSource(Carrier.Strategy.class)
  void memoryIsRightWhereProtectionsChange(Carrier.Strategy strategy) throws Exception {
    moveModel(strategy, 4, false, 6, true);
  }

  /**
   * What the kernel tells of several threads is in no certain order. The threads move mappings to
   * where others have just been, with pages missing in them, for a while in which nothing is pushed
   * and then while all is.
   */
  @ParameterizedTest
  @EnumSource(names = {"HYBRID", "COPY_ON_REFERENCE"})
  void memoryIsRightWhereThreadsMoveWhatIsMissing(Carrier.Strategy strategy) throws Exception {
    try (Victim victim =
            Victim.start(
                directory, "movers", MODEL, "-DTHREADS=4", "-DFORKS=1", "-DGUARDS=0", "-DSEED=17");
        Carrier carrier = new Carrier(victim.pid())) {
      int stops = 0;
      for (int i = 0; i < 2; i++) {
        victim.awaitCell(0, victim.cell(0) + 20_000);
        boolean pushAtOnce = i > 0;
        carrier.whileMissing(
            server -> {
              victim.set(6, 1);
              long end = System.nanoTime() + 200_000_000L;
              while (!pushAtOnce && System.nanoTime() < end && server.residualBytes() > 0) {
                Thread.onSpinWait();
              }
            });
        stops += carrier.move(strategy).stops();
        victim.set(6, 0);
        victim.awaitCell(0, victim.cell(0) + 20_000);
        assertThat(List.of(victim.cell(1), victim.cell(2), victim.cell(3)))
            .as("errors, where, version after move %d", i + 1)
            .containsExactly(0L, 0L, 0L);
      }
      assertThat(stops).as("mappings that were moved with missing pages").isPositive();
    }
  }

  @Test
  void precopySendsInTheFreezeOnlyWhatWasWritten() throws Exception {
    String still =
        """
        int main(int argc, char **argv) {
          open_board(argv[1]);
          int64_t pages = 16384;
          int64_t *m = mmap(0, pages * 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
          for (int64_t p = 0; p < pages; p++) m[p * 512] = p + 1;
          for (;;) {
            board[0]++;
            m[(board[0] % 16) * 512 + 1] = board[0];
            for (int64_t p = 0; p < pages; p++) if (m[p * 512] != p + 1) board[1]++;
            nap(1000000);
          }
        }
        """;
    try (Victim victim = Victim.start(directory, "still", still);
        Carrier carrier = new Carrier(victim.pid())) {
      victim.awaitCell(0, 3);
      Carrier.Move move = carrier.move(Carrier.Strategy.PRECOPY);
      assertThat(move.revised()).isTrue();
      assertThat(move.earlyBytes()).isGreaterThanOrEqualTo(64L << 20);
      assertThat(move.bytesInFreeze()).isLessThan(4L << 20);
      long before = victim.cell(0);
      victim.awaitCell(0, before + 3);
      assertThat(victim.cell(1)).isZero();
    }
  }

  /** What a device writes into memory by itself, no tracking sees: nothing of it may go early. */
  @ParameterizedTest
  @EnumSource(names = {"PRECOPY", "HYBRID"})
  void memoryIntoWhichFilesAreReadDirectlyDoesNotGoEarly(Carrier.Strategy strategy)
      throws Exception {
    String reader =
        """
        int main(int argc, char **argv) {
          open_board(argv[1]);
          int64_t pages = 1024;
          int64_t *m = mmap(0, pages * 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
          for (int64_t p = 0; p < pages; p++) m[p * 512] = p + 1;
          int fd = open("/proc/self/exe", O_RDONLY | O_DIRECT);
          for (;;) {
            if (fd < 0 || fcntl(fd, F_GETFD) < 0) board[2]++;
            for (int64_t p = 0; p < pages; p++) if (m[p * 512] != p + 1) board[1]++;
            board[0]++;
            nap(1000000);
          }
        }
        """;
    try (Victim victim = Victim.start(directory, "direct", reader);
        Carrier carrier = new Carrier(victim.pid())) {
      victim.awaitCell(0, 3);
      assertThat(victim.cell(2)).as("its file cannot be read directly").isZero();
      assertThat(carrier.move(strategy).earlyBytes()).isZero();
      long before = victim.cell(0);
      victim.awaitCell(0, before + 3);
      assertThat(victim.cell(1)).isZero();
    }
  }
}
