package io.godwit.node.daemon;

import static io.godwit.node.daemon.LocalDaemons.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.core.control.MigrationReport;
import io.godwit.node.migration.TransferStrategy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program much of whose memory is zeros that it has written moves under every strategy. */
class ZeroPagesMoveTest {
  private static final int ZEROS_MIB = 16;

  /**
   * Each page of a region holds zeros, or words that tell its version. Pages become zeros by being
   * written or dropped, also in files and shared memory. Cells of the board: 0 steps, 1 errors, 2
   * where, 3 resident pages, 4 a wish to know them.
   */
  private static final String PROGRAM =
      """
      #define _GNU_SOURCE
      #include <fcntl.h>
      #include <stdint.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      #include <sys/mman.h>
      #include <time.h>
      #include <unistd.h>
      enum { WORDS = 512, REGIONS = 6 };
      static volatile int64_t *board;
      struct region { uint64_t *base; int pages; int droppable; uint32_t *version; };
      static struct region regions[REGIONS];
      static uint64_t x = 88172645463325252u;
      static uint64_t next(void) { x ^= x << 13; x ^= x >> 7; x ^= x << 17; return x; }
      static void make(int i, int pages, int prot, int flags, int fd, int droppable) {
        struct region *r = &regions[i];
        r->base = mmap(0, pages * 4096L, prot, flags, fd, 0);
        if (r->base == MAP_FAILED) _exit(97);
        r->pages = pages; r->droppable = droppable;
        r->version = calloc(pages, sizeof *r->version);
      }
      static void fill(struct region *r, int page) {
        uint64_t *p = r->base + page * WORDS; uint32_t v = ++r->version[page];
        for (int i = 0; i < WORDS; i++) p[i] = v * 0x9E3779B97F4A7C15u ^ (uint64_t) i * page;
        if (v & 1) { memset(p, 0, 4096); p[v % WORDS] = v; }
      }
      static void zero(struct region *r, int page) {
        memset(r->base + page * WORDS, 0, 4096);
        r->version[page] &= ~0xffu; r->version[page] += 0x100; r->version[page] |= 1u << 31;
      }
      static void check(struct region *r, int page) {
        uint64_t *p = r->base + page * WORDS; uint32_t v = r->version[page];
        for (int i = 0; i < WORDS; i++) {
          uint64_t expected = v * 0x9E3779B97F4A7C15u ^ (uint64_t) i * page;
          if (v & 1) expected = i == v % WORDS ? v : 0;
          if (v >> 31) expected = 0;
          if (p[i] != expected) { board[1]++; board[2] = (r - regions) << 32 | page; return; }
        }
      }
      static void change(struct region *r) {
        int page = next() % r->pages, count = 1 + next() % 40;
        if (page + count > r->pages) count = r->pages - page;
        int what = next() % 8;
        for (int i = page; i < page + count; i++) {
          if (what < 3) { zero(r, i); }
          else if (what < 6 || !r->droppable) { r->version[i] &= ~(1u << 31); fill(r, i); }
          else if (what == 6 && i % 2) { r->version[i] &= ~(1u << 31); fill(r, i); }
          else if (what == 6) zero(r, i);
        }
        if (what == 7 && r->droppable) {
          madvise(r->base + page * WORDS, count * 4096L, MADV_DONTNEED);
          for (int i = page; i < page + count; i++) r->version[i] |= 1u << 31;
        }
      }
      static void resident(void) {
        char text[128] = ""; int fd = open("/proc/self/statm", O_RDONLY);
        long size, pages = -1;
        if (fd >= 0 && read(fd, text, sizeof text - 1) > 0) sscanf(text, "%ld %ld", &size, &pages);
        close(fd);
        board[3] = pages; board[4] = 0;
      }
      int main(int argc, char **argv) {
        int fd = open(argv[1], O_RDWR), file = open(argv[2], O_RDWR);
        board = mmap(0, 4096, 3, MAP_SHARED, fd, 0);
        make(0, 2048, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 1);
        make(1, 1024, 3, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        make(2, 512, 3, MAP_PRIVATE, file, 0);
        int memory = memfd_create("zeros", 0);
        if (ftruncate(memory, 256 * 4096)) _exit(96);
        make(3, 256, 3, MAP_SHARED, memory, 0);
        make(4, 1536, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 1);
        madvise(regions[4].base, 1536 * 4096L, MADV_HUGEPAGE);
        make(5, ZEROS, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (int i = 0; i < REGIONS; i++)
          for (int p = 0; p < regions[i].pages; p++)
            if (i == 5 || next() % 3) zero(&regions[i], p); else fill(&regions[i], p);
        for (;;) {
          int i = next() % (REGIONS - 1);
          if (next() % 4 == 0) change(&regions[i]);
          for (int n = 0; n < 8; n++) check(&regions[i], next() % regions[i].pages);
          if (board[0] % 64 == 0)
            for (int p = 0; p < regions[i].pages; p++) check(&regions[i], p);
          if (board[4]) {
            resident();
            for (int p = 0; p < ZEROS; p++) check(&regions[5], p);
          }
          struct timespec t = {0, 20000}; nanosleep(&t, 0);
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
    Path program = BoardProgram.compile(directory, "zeros", PROGRAM, "-DZEROS=" + ZEROS_MIB * 256);
    byte[] content = new byte[512 * 4096];
    Arrays.fill(content, (byte) 0xab);
    Path file = Files.write(directory.resolve("content"), content);
    return BoardProgram.run(daemon, program, 500, file.toString());
  }

  private static long residentPages(BoardProgram zeros) {
    zeros.set(4, 1);
    await("it looks at itself", () -> zeros.cell(4) == 0);
    return zeros.cell(3);
  }

  @Test
  void zerosAreZerosAfterEachMoveAndNeedNoMemory() throws Exception {
    try (Daemon alpha = LocalDaemons.start(directory, "alpha");
        Daemon beta = LocalDaemons.start(directory, "beta")) {
      LocalDaemons.couple(alpha, beta);
      BoardProgram zeros = run(alpha);
      long residentBefore = residentPages(zeros);
      Daemon to = alpha;
      for (TransferStrategy strategy : TransferStrategy.values()) {
        to = to.equals(alpha) ? beta : alpha;
        MigrationReport report = zeros.move(to, strategy.title(), 400);
        if (strategy == TransferStrategy.EAGER) {
          // What it wrote once and what is zeros is not in its memory any more.
          assertThat(report.zeroBytes()).isGreaterThan((long) ZEROS_MIB << 20);
          assertThat(report.bytes()).isLessThan((long) ZEROS_MIB << 20);
          assertThat(residentPages(zeros)).isBetween(1L, residentBefore - ZEROS_MIB * 256);
        }
      }
      long resident = residentPages(zeros);
      assertThat(resident).isPositive();
      assertThat(zeros.cell(1)).isZero();
      zeros.end();
    }
  }
}
