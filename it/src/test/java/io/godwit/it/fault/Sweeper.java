package io.godwit.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.godwit.app.testbed.TestNode;
import io.godwit.core.control.Method;
import io.godwit.core.control.ProcessView;
import io.godwit.it.cluster.Cluster;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A program with much memory that goes over all of it again and again: it verifies what it wrote
 * and writes anew, drops pages, moves mappings and forks children that verify too. What it finds
 * wrong it counts in a file that the test maps.
 */
final class Sweeper {
  /** Cells of the board: 0 steps, 1 errors, 2 where, 3 sweeps, 4 whether to hold still. */
  private static final String SOURCE =
      """
      #define _GNU_SOURCE
      #include <fcntl.h>
      #include <stdint.h>
      #include <stdlib.h>
      #include <sys/mman.h>
      #include <sys/wait.h>
      #include <unistd.h>
      enum { REGIONS = 8, WORDS = 512 };
      static volatile int64_t *board;
      static uint64_t *base[REGIONS], id[REGIONS], ids = 1, state = 88172645463325252u;
      static uint32_t *version[REGIONS];
      static int pages;
      static uint64_t any(uint64_t below) {
        state ^= state << 13; state ^= state >> 7; state ^= state << 17;
        return state % below;
      }
      static uint64_t word(int r, int p, int i) {
        uint32_t v = version[r][p];
        if (!v) return 0;
        uint64_t x = id[r] * 0x9E3779B97F4A7C15u ^ p * 0xD6E8FEB86659FD93u
            ^ v * 0xC2B2AE3D27D4EB4Fu ^ i * 0x165667B19E3779F9u;
        x ^= x >> 29; x *= 0xBF58476D1CE4E5B9u; return x ^ x >> 32;
      }
      static int check(int r, int p) {
        for (int i = 0; i < WORDS; i += 37)
          if (base[r][p * WORDS + i] != word(r, p, i)) {
            board[1]++; board[2] = (int64_t)(base[r] + p * WORDS + i); return 0;
          }
        return 1;
      }
      static void fill(int r, int p) {
        version[r][p]++;
        for (int i = 0; i < WORDS; i++) base[r][p * WORDS + i] = word(r, p, i);
      }
      static void drop(int r) {
        int from = any(pages), count = 1 + any(pages - from < 64 ? pages - from : 64);
        madvise(base[r] + from * WORDS, count * 4096L, MADV_DONTNEED);
        for (int p = from; p < from + count; p++) version[r][p] = 0;
      }
      static void away(int r) {
        void *to = mmap(0, pages * 4096L, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        to = mremap(base[r], pages * 4096L, pages * 4096L, MREMAP_MAYMOVE | MREMAP_FIXED, to);
        if (to == MAP_FAILED) _exit(94);
        base[r] = to;
      }
      static void descend(int r) {
        pid_t child = fork();
        if (child < 0) _exit(95);
        if (!child) {
          for (int i = 0; i < 256; i++) if (!check(r, any(pages))) _exit(3);
          _exit(0);
        }
        int status;
        while (waitpid(child, &status, 0) < 0) ;
        if (status) board[1]++;
      }
      int main(int argc, char **argv) {
        board = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, open(argv[1], O_RDWR), 0);
        pages = atoi(argv[2]) * 256 / REGIONS;
        for (int r = 0; r < REGIONS; r++) {
          id[r] = ids++; version[r] = calloc(pages, sizeof version[r][0]);
          base[r] = mmap(0, pages * 4096L, PROT_READ | PROT_WRITE,
              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
          for (int p = 0; p < pages; p++) fill(r, p);
        }
        for (;; board[3]++)
          for (int r = 0; r < REGIONS; r++) {
            if (board[3] % 2) drop(r); else away(r);
            if (r == 3) descend(any(REGIONS));
            for (int p = 0; p < pages; p++) {
              while (board[4]) usleep(1000);
              check(r, p);
              if (any(4) == 0) fill(r, p);
              board[0]++;
            }
          }
      }
      """;

  private static final int BOARD_BYTES = 4096;
  private static final long STILL_MILLIS = 300;

  private final String name;
  private final MappedByteBuffer board;

  private Sweeper(String name, MappedByteBuffer board) {
    this.name = name;
    this.board = board;
  }

  /** Starts one that has so much memory, and waits until it has written all of it. */
  static Sweeper start(TestNode node, String name, Path directory, int mebibytes)
      throws IOException, InterruptedException {
    Path source = Files.writeString(directory.resolve(name + ".c"), SOURCE);
    Path program = directory.resolve(name);
    int compiled =
        new ProcessBuilder("gcc", "-O2", "-o", program.toString(), source.toString())
            .inheritIO()
            .start()
            .waitFor();
    assertThat(compiled).isZero();
    Path file = directory.resolve(name + ".board");
    Files.write(file, new byte[BOARD_BYTES]);
    MappedByteBuffer board;
    try (RandomAccessFile random = new RandomAccessFile(file.toFile(), "rw")) {
      board = random.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, BOARD_BYTES);
    }
    board.order(ByteOrder.nativeOrder());
    Sweeper sweeper = new Sweeper(name, board);
    Cluster.run(
        node,
        name,
        directory,
        List.of(program.toString(), file.toString(), Integer.toString(mebibytes)));
    Cluster.await(name + " has gone over its memory", () -> sweeper.sweeps() > 0);
    return sweeper;
  }

  String name() {
    return name;
  }

  long steps() {
    return board.getLong(0);
  }

  private long sweeps() {
    return board.getLong(24);
  }

  /** Waits until it has verified all of its memory twice since now. */
  void awaitSweeps() {
    long now = sweeps();
    Cluster.await(name + " goes over its memory", () -> sweeps() >= now + 3);
  }

  /** What it still needs of its memory elsewhere, as its node tells it; empty when nothing. */
  String needed(TestNode at) {
    JsonObject parameters = new JsonObject();
    parameters.addProperty("dependencies", true);
    return Cluster.ask(at, Method.PROCESSES, parameters)
        .getAsJsonArray("processes")
        .asList()
        .stream()
        .map(each -> ProcessView.of(each.getAsJsonObject()))
        .filter(each -> each.name().equals(name))
        .flatMap(each -> each.dependencies().stream())
        .filter(each -> each.kind().equals("memory"))
        .map(each -> each.node() + ": " + each.detail())
        .findFirst()
        .orElse("");
  }

  /** Whether it makes no step for a while. */
  boolean stands() {
    long steps = steps();
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(STILL_MILLIS));
    return steps == steps();
  }

  /** Ends what there is of it on a node. */
  void end(TestNode node) {
    Path left = node.cgroup(name);
    if (left != null) {
      try {
        Files.writeString(left.resolve("cgroup.kill"), "1");
      } catch (IOException gone) {
        assertThat(left).doesNotExist();
      }
    }
  }

  /** Touches no memory from soon after a call with true. */
  void hold(boolean still) {
    board.putLong(32, still ? 1 : 0);
  }

  void assertRight() {
    assertThat(List.of(board.getLong(8), board.getLong(16)))
        .as("errors in the memory of %s, and where the last was", name)
        .containsExactly(0L, 0L);
  }
}
